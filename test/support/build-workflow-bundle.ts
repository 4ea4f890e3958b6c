import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { Logger } from '@temporalio/worker';
import type { Part } from './ground.ts';

/** Bundles the workflows once for all test files; a worker of a test takes it as its `workflowBundle`. */
export async function buildWorkflowBundle(directory: string): Promise<Part<{ readonly codePath: string }>> {
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  if (!existsSync(workflowsPath)) return { missing: 'workflows/index.ts is missing' };
  const codePath = join(directory, 'workflows.js');
  try {
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: silent });
    await writeFile(codePath, code);
    return { codePath };
  } catch (error) {
    // Fails the tests that run workflows, and no others.
    return { missing: `the workflows cannot be bundled: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const ignore = (): void => undefined;

const silent: Logger = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: console.warn, error: console.error };
