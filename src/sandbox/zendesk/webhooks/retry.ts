import { SECOND } from '../../../domain/time.ts';
import type { Attempt } from './invocation.ts';

const CONFLICT_RETRIES = 3;
const TIMEOUT_RETRIES = 5;
const BUSY_RETRIES = 5;

/**
 * How long to wait before another attempt, in milliseconds; `undefined` when there is none.
 *
 * Tried again are 409 (three times), a time-out (five times), and 429 and 503 that name a wait below a minute.
 * Any other failure, 500 and 502 among them, loses the event.
 */
export function retryDelay(attempts: readonly Attempt[], pauseMs: number): number | undefined {
  const last = attempts.at(-1);
  if (!last) return undefined;
  const same = attempts.filter((attempt) => attempt.status === last.status && attempt.error === last.error).length;
  if (last.error === 'timeout') return same <= TIMEOUT_RETRIES ? pauseMs : undefined;
  if (last.status === 409) return same <= CONFLICT_RETRIES ? pauseMs : undefined;
  const isBusy = last.status === 429 || last.status === 503;
  if (!isBusy || last.retry_after === null || last.retry_after >= 60 || same > BUSY_RETRIES) return undefined;
  return last.retry_after * SECOND;
}
