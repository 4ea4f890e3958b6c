import { z } from 'zod';
import { SECOND } from '../domain/time.ts';
import type { Session } from './accounts.ts';
import type { Kind } from './store.ts';

const windowSchema = z.object({ name: z.string(), times: z.array(z.number()) });
type Window = z.infer<typeof windowSchema>;
const windows: Kind<Window> = { name: 'limit', schema: windowSchema, id: (window) => window.name, position: () => 0 };

export interface Limit {
  readonly name: string;
  readonly total: number;
  readonly periodMs: number;
}

/** Whether one more is allowed, and how many are left after it. */
export interface Verdict {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Seconds until the oldest stops counting; what a refused caller has to wait. */
  readonly resets: number;
}

export const wholeSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / SECOND));

/** Counts one against a limit that holds for every span of its period. */
export async function takeSliding<State>(session: Session<State>, limit: Limit): Promise<Verdict> {
  const { store, now } = session;
  const window = await store.get(windows, limit.name);
  const counted = (window?.times ?? []).filter((at) => at > now - limit.periodMs && at <= now);
  const allowed = counted.length < limit.total;
  const times = allowed ? [...counted, now] : counted;
  const oldest = times.at(-limit.total) ?? times[0] ?? now;
  await store.put(windows, { name: limit.name, times });
  return { allowed, remaining: Math.max(0, limit.total - times.length), resets: wholeSeconds(oldest + limit.periodMs - now) };
}
