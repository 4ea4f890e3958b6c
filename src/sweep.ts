import type { Clock } from '../activities/ports.ts';
import type { Db } from './db/db.ts';
import { eraseDeletedApps } from './db/sweep/deleted-apps.ts';
import { sweepAccounts } from './db/sweep/accounts.ts';
import { sweepLanes } from './db/sweep/lanes.ts';
import type { SweptLane } from './db/sweep/lanes.ts';
import { sweepEvents, sweepThreads } from './db/sweep/threads.ts';
import type { SweptThread } from './db/sweep/threads.ts';
import { ring } from './dispatch.ts';
import type { Ringing } from './dispatch.ts';
import type { ConversationId } from './domain/ids.ts';
import { DAY, HOUR, SECOND } from './domain/time.ts';
import type { Log } from './log.ts';
import type { Metrics } from './operations/metrics.ts';
import type { Temporal } from './temporal.ts';

export interface Sweep {
  /** Looks once and rings what is due. Returns how many conversations were rung. */
  once(): Promise<number>;
  /** Asks runs that have become old to end. Returns how many were asked. */
  retire(): Promise<number>;
  /** Looks every second from now on. */
  start(): void;
  stop(): Promise<void>;
}

export interface SweepDeps {
  readonly db: Db;
  readonly temporal: Temporal;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: Pick<Metrics, 'sweeps' | 'sweptAt'>;
}

const EVERY_MS = SECOND;
const MOST_AT_ONCE = 500;
const RINGS_AT_ONCE = 20;
/** A run that old is asked to end: idle ones for good, so that no run gets older than a month. */
const RETIRE_AFTER_MS = 30 * DAY;

/**
 * Rings whatever waits without a reason. It trusts the ledger, not the signals: Temporal may have been down, its workflows
 * terminated or restored from an old backup.
 */
export function createSweep(deps: SweepDeps): Sweep {
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<unknown> = Promise.resolve();
  let retiredAt = 0;

  async function once(): Promise<number> {
    const now = deps.clock.now();
    await sweepEvents(deps.db, now);
    const lanes = await sweepLanes(deps.db, now, MOST_AT_ONCE);
    const threads = await sweepThreads(deps.db, now, MOST_AT_ONCE);
    const conversations = [...new Set([...lanes, ...threads].map(({ conversation }) => conversation))];
    for (let from = 0; from < conversations.length; from += RINGS_AT_ONCE) {
      const some = conversations.slice(from, from + RINGS_AT_ONCE);
      await ringSome(some.map((conversation) => ringingOf(conversation, lanes, threads)));
    }
    for (const { system, key } of await sweepAccounts(deps.db, now)) await deps.temporal.wakeAccount(system, key);
    await eraseDeletedApps(deps.db);
    if (conversations.length > 0)
      deps.log.info({ conversations: conversations.length }, 'the sweep rang what waited without a reason');
    return conversations.length;
  }

  const retire = (): Promise<number> => deps.temporal.retireBefore(deps.clock.now() - RETIRE_AFTER_MS);

  /** What is to be done every second, and what every hour. */
  async function round(): Promise<void> {
    await once();
    if (deps.clock.now() - retiredAt < HOUR) return;
    retiredAt = deps.clock.now();
    await retire();
  }

  /** Bells that do not get through are due again soon. When none does, Temporal is down: the rest need not be tried. */
  async function ringSome(ringings: readonly Ringing[]): Promise<void> {
    const rung = await Promise.allSettled(ringings.map((ringing) => ring(deps, ringing)));
    const failed = rung.filter((result) => result.status === 'rejected');
    if (failed.length === rung.length && failed[0] !== undefined) throw failed[0].reason;
    for (const { reason } of failed) deps.log.warn({ err: reason }, 'a bell did not get through; it is rung again');
  }

  const look = (): void => {
    looking = round()
      .then(() => {
        deps.metrics?.sweeps.inc({ outcome: 'done' });
        deps.metrics?.sweptAt.set(deps.clock.now() / SECOND);
      })
      .catch((error: unknown) => {
        deps.metrics?.sweeps.inc({ outcome: 'failed' });
        deps.log.warn({ err: error }, 'the sweep did not come through; it looks again');
      })
      .finally(() => {
        if (timer !== undefined) timer = setTimeout(look, EVERY_MS);
      });
  };

  return {
    once,
    retire,
    start: () => {
      timer = setTimeout(look, EVERY_MS);
    },
    stop: async () => {
      clearTimeout(timer);
      timer = undefined;
      await looking;
    },
  };
}

function ringingOf(conversation: ConversationId, lanes: readonly SweptLane[], threads: readonly SweptThread[]): Ringing {
  const own = lanes.filter((lane) => lane.conversation === conversation);
  return {
    conversation,
    lanes: own.map(({ destination, system, label, windowMs, since }) => ({ destination, system, label, windowMs, since })),
    threads: threads
      .filter((thread) => thread.conversation === conversation)
      .map(({ thread, system, label }) => ({ thread, system, label })),
    seq: Math.max(0, ...own.map((lane) => lane.rung_seq)),
  };
}
