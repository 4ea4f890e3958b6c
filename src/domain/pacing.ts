import { MINUTE } from './time.ts';

/** How much a thread takes: so many writes in any period, by all authors together. */
export interface WriteLimit {
  readonly count: number;
  readonly periodMs: number;
}

/** What the system itself said last about a thread's limit. It wins over our own count. */
export interface LiveLimit {
  /** How many it takes in a period. Absent: unknown; then only a smaller `remaining` than our own is believed. */
  readonly total?: number;
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
  const own = limit.count - counted.length;
  const said =
    live !== undefined && live.resetsAt > now && (isOfPeriod(now, live, limit) || live.remaining < own) ? live : undefined;
  const total = said?.total ?? limit.count;
  const remaining = said?.remaining ?? own;
  if (remaining > total / 2) return undefined;
  const usable = remaining - Math.ceil(total * RESERVE);
  const oldest = counted[0];
  const eases = said?.resetsAt ?? (oldest === undefined ? now : oldest + limit.periodMs);
  if (usable > 0) return now + Math.ceil((eases - now) / usable);
  // The reserve is touched: wait until it is whole again and one more is free.
  const blocking = counted[-usable];
  return said !== undefined || blocking === undefined ? eases : blocking + limit.periodMs;
}

/** A limit that resets within a minute may be one of another, shorter period: it is no reason to write more. */
const isOfPeriod = (now: number, { total, resetsAt }: LiveLimit, { count }: WriteLimit): boolean =>
  total !== undefined && total > count && resetsAt - now > MINUTE;
