import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import type { ProvidedContext } from 'vitest';
import { OWN_TIME_MS, ownTime } from './own-time.ts';
import type { OwnTime } from './own-time.ts';

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
  let own: OwnTime | undefined;
  beforeAll(async () => {
    if (!('missing' in part)) own = await ownTime(part.path);
  }, OWN_TIME_MS);
  afterAll(() => own?.end());
  return () => {
    if (own === undefined) throw new Error('the time-skipping server is there within tests only');
    return own.environment;
  };
}

/** The workflows, bundled once for the whole run: a worker takes it as its `workflowBundle`. */
export function workflowBundle(): { readonly codePath: string } {
  const part = inject('workflowBundle');
  if ('missing' in part) throw new Error(part.missing);
  return { codePath: part.codePath };
}

export function skipWithout(part: ProvidedContext['temporal' | 'timeSkippingServer' | 'chromium']): void {
  beforeEach((context) => {
    if ('missing' in part) context.skip(part.missing);
  });
}
