import { join } from 'node:path';
import { buildWorkflowBundle } from '../../src/workflow-bundle.ts';
import type { Part } from './ground.ts';

/** Bundles the workflows once for all test files; a worker of a test takes it as its `workflowBundle`. */
export async function bundleWorkflows(directory: string): Promise<Part<{ readonly codePath: string }>> {
  const codePath = join(directory, 'workflows.js');
  try {
    await buildWorkflowBundle(codePath);
    return { codePath };
  } catch (error) {
    // Fails the tests that run workflows, and no others.
    return { missing: `the workflows cannot be bundled: ${error instanceof Error ? error.message : String(error)}` };
  }
}
