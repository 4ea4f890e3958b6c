import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../activities/ports.ts';

/** The clock on the wall. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  },
};
