import ipaddr from 'ipaddr.js';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { SignatureInvalid } from '../../activities/system-error.ts';
import { Problem, tooMany } from './problem.ts';

/** Slows down whoever keeps showing credentials that are wrong. */
export interface FailedAttempts {
  /**
   * Runs what checks credentials, and counts when they are refused (401). @param who `addressOf` a request, or more exact.
   * @throws {Problem} 429 without running it, once too many were refused.
   */
  guard<T>(who: string, check: () => Promise<T> | T): Promise<T>;
}

/** Above what a mistake makes, and far below what guessing needs. */
const ATTEMPTS = { points: 100, duration: 60 };

/** Each process counts for itself: a request is refused for a minute, not for good. */
export function createFailedAttempts(): FailedAttempts {
  const failed = new RateLimiterMemory(ATTEMPTS);
  return {
    guard: async (who, check) => {
      const sofar = await failed.get(who);
      if (sofar !== null && sofar.consumedPoints >= ATTEMPTS.points) throw tooMany(sofar.msBeforeNext);
      try {
        return await check();
      } catch (error) {
        if (isRefusal(error)) await failed.penalty(who);
        throw error;
      }
    },
  };
}

const isRefusal = (error: unknown): boolean =>
  error instanceof SignatureInvalid || (error instanceof Problem && error.status === 401);

/** Whom a request counts for: its address, or the network that one holder of IPv6 addresses has for himself. */
export function addressOf(request: { readonly ip?: string | undefined }): string {
  if (request.ip === undefined || !ipaddr.isValid(request.ip)) return 'unknown';
  const address = ipaddr.process(request.ip);
  return address.kind() === 'ipv4'
    ? address.toString()
    : ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/64`).toString();
}
