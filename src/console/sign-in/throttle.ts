import { RateLimiterMemory } from 'rate-limiter-flexible';
import { MINUTE, SECOND } from '../../domain/time.ts';

/** Slows down whoever guesses passwords. Each API process counts for itself. */
export interface Throttle {
  /** Whether another try is allowed now, for this address and from there. */
  mayTry(email: string, place: string): Promise<boolean>;
  failed(email: string, place: string): Promise<void>;
  /** The password was right: earlier mistakes are forgiven. */
  succeeded(email: string): Promise<void>;
}

/** For whoever has to wait. */
export const TOO_MANY = 'There were too many wrong passwords. Wait a quarter of an hour, or use a one-time link.';

const PERIOD_S = (15 * MINUTE) / SECOND;
const MISTAKES_PER_EMAIL = 10;
/** Behind a proxy, all may seem to come from one place. */
const MISTAKES_PER_PLACE = 100;

export function createThrottle(): Throttle {
  const emails = new RateLimiterMemory({ points: MISTAKES_PER_EMAIL, duration: PERIOD_S });
  const places = new RateLimiterMemory({ points: MISTAKES_PER_PLACE, duration: PERIOD_S });
  return {
    mayTry: async (email, place) => {
      const [byEmail, byPlace] = [await emails.get(keyOf(email)), await places.get(place)];
      return isBelow(byEmail, MISTAKES_PER_EMAIL) && isBelow(byPlace, MISTAKES_PER_PLACE);
    },
    failed: async (email, place) => {
      await emails.penalty(keyOf(email));
      await places.penalty(place);
    },
    succeeded: async (email) => void (await emails.delete(keyOf(email))),
  };
}

const keyOf = (email: string): string => email.toLowerCase();
const isBelow = (seen: { readonly consumedPoints: number } | null, most: number): boolean =>
  seen === null || seen.consumedPoints < most;
