/** How much a thread takes: so many writes in any period, by all authors together. */
export interface WriteLimit {
  readonly count: number;
  readonly periodMs: number;
}

/** What the system itself said last about a thread's limit. It wins over our own count where it is stricter. */
export interface LiveLimit {
  readonly remaining: number;
  /** Epoch milliseconds. */
  readonly resetsAt: number;
}

/** Of every five writes one is left to the agents. */
const RESERVE = 0.2;

/**
 * When the next write should leave, so that a thread's limit is never reached: as long as half of it is free, at once; from then
 * on what is left is spread over the time until the oldest write no longer counts.
 * @param writes times of the thread's writes, epoch milliseconds, in any order.
 * @returns epoch milliseconds, or `undefined` for "at once".
 */
export function nextWriteAt(now: number, writes: readonly number[], limit: WriteLimit, live?: LiveLimit): number | undefined {
  const counted = writes.filter((at) => at > now - limit.periodMs && at <= now).toSorted((a, b) => a - b);
  const isLiveStricter = live !== undefined && live.resetsAt > now && live.remaining < limit.count - counted.length;
  const remaining = isLiveStricter ? live.remaining : limit.count - counted.length;
  if (remaining > limit.count / 2) return undefined;
  const usable = remaining - Math.ceil(limit.count * RESERVE);
  const oldest = counted[0];
  const eases = isLiveStricter ? live.resetsAt : oldest === undefined ? now : oldest + limit.periodMs;
  if (usable > 0) return now + Math.ceil((eases - now) / usable);
  // The reserve is touched: wait until it is whole again and one more is free.
  const blocking = counted[-usable];
  return isLiveStricter || blocking === undefined ? eases : blocking + limit.periodMs;
}
