import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { Logger } from '@temporalio/worker';

export const WORKFLOWS = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
/** Where a worker looks for workflows that were bundled when its image was built. Nothing makes it anew when they change. */
export const PREBUILT = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

/** Bundles the workflows into one file, which takes some seconds that a worker then need not spend. */
export async function buildWorkflowBundle(codePath: string): Promise<void> {
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: quiet });
  await writeFile(codePath, code);
}

const ignore = (): void => undefined;

const quiet: Logger = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: console.warn, error: console.error };

if (import.meta.main) await buildWorkflowBundle(PREBUILT);
