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
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: silent });
  const codePath = join(directory, 'workflows.js');
  await writeFile(codePath, code);
  return { codePath };
}

const ignore = (): void => undefined;

const silent: Logger = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: console.warn, error: console.error };
