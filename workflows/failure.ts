import { ActivityFailure } from '@temporalio/workflow';
import { MINUTE } from '../src/domain/time.ts';

/** What to tell of a failed activity: the words of its cause, which are written for people and hold no secret. */
export function causeOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : 'failed';
}

/** When to try again after so many failures in a row whose attempts could not write it down themselves: 2 to 60 minutes. */
export const retryAt = (now: number, failures: number): number =>
  now + Math.min(2 ** Math.min(failures, 6) * MINUTE, 60 * MINUTE);
