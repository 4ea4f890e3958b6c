import type { AccountId } from '../src/domain/ids.ts';

/**
 * How much work on one account may be under way in this process at a time. An account that does not answer would else take all
 * places there are, until its calls are given up, and all other accounts of the system would wait for them.
 */
export interface Crowd {
  /** @returns what to call when the work has ended, or `undefined` when there is no place. */
  enter(account: AccountId): (() => void) | undefined;
}

/** More than a sound account ever has: its calls are paced, and answered within a second. */
export const PLACES_OF_AN_ACCOUNT = 25;

export function createCrowd(places: number): Crowd {
  const busy = new Map<AccountId, number>();
  return {
    enter: (account) => {
      const there = busy.get(account) ?? 0;
      if (there >= places) return undefined;
      busy.set(account, there + 1);
      return () => {
        const left = (busy.get(account) ?? 1) - 1;
        if (left === 0) busy.delete(account);
        else busy.set(account, left);
      };
    },
  };
}
