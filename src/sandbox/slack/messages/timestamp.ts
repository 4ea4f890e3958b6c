import type { SlackSession } from '../workspace/session.ts';

const MICRO = 1_000_000;

/** A `ts` that no other message has: the time in seconds with six decimals, rising. */
export function nextTs(session: SlackSession): string {
  const lastTs = Math.max(session.now * 1_000, session.state.lastTs + 1);
  session.update({ lastTs });
  return tsOf(lastTs);
}

/** Microseconds as a `ts`. */
export const tsOf = (micros: number): string => `${Math.floor(micros / MICRO)}.${String(micros % MICRO).padStart(6, '0')}`;

/** A `ts` as microseconds; `undefined` when it is none. */
export function microsOf(ts: string): number | undefined {
  const [, seconds, fraction] = /^(\d{1,11})(?:\.(\d{1,6}))?$/.exec(ts) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * MICRO + Number((fraction ?? '').padEnd(6, '0'));
}
