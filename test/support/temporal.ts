import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import type { ProvidedContext } from 'vitest';

/**
 * The address of the run's Temporal dev server, namespace `default`.
 *
 * Call it at the top of a file or of a `describe`: where there is no server, its tests are skipped with the reason.
 */
export function temporalAddress(): string {
  const part = inject('temporal');
  skipWithout(part);
  return 'missing' in part ? 'unavailable' : part.address;
}

/** The Temporal CLI, for tests that start servers of their own. Call it where `temporalAddress` is called. */
export function temporalCli(): string {
  const part = inject('temporal');
  skipWithout(part);
  return 'missing' in part ? 'unavailable' : part.cli;
}

/**
 * A Temporal server of this file's own, whose time passes as the tests want: hours in milliseconds. Only one test at a
 * time may use it.
 *
 * Call it at the top of a file or of a `describe`, and what it returns within tests. Where there is no such server, the
 * tests are skipped with the reason.
 */
export function timeSkipping(): () => TestWorkflowEnvironment {
  const part = inject('timeSkippingServer');
  skipWithout(part);
  let environment: TestWorkflowEnvironment | undefined;
  beforeAll(async () => {
    if (!('missing' in part)) environment = await startWithin(5, part.path);
  });
  afterAll(() => environment?.teardown());
  return () => {
    if (environment === undefined) throw new Error('the time-skipping server is there within tests only');
    return environment;
  };
}

/** The workflows, bundled once for the whole run: a worker takes it as its `workflowBundle`. */
export function workflowBundle(): { readonly codePath: string } {
  const part = inject('workflowBundle');
  if ('missing' in part) throw new Error(part.missing);
  return { codePath: part.codePath };
}

/** The SDK gives the server 5 s to answer, which a busy machine may miss. */
async function startWithin(attempts: number, server: string): Promise<TestWorkflowEnvironment> {
  process.env['TEST_SERVER'] = server;
  const path = fileURLToPath(new URL('server-of-a-test.sh', import.meta.url));
  try {
    return await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
  } catch (error) {
    if (attempts === 1) throw error;
    return startWithin(attempts - 1, server);
  }
}

function skipWithout(part: ProvidedContext['temporal' | 'timeSkippingServer']): void {
  beforeEach((context) => {
    if ('missing' in part) context.skip(part.missing);
  });
}
