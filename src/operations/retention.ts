import type { Clock } from '../../activities/ports.ts';
import type { Db } from '../db/db.ts';
import { conversationsAfter, removeOldBatches, removeOldEvents, removeOldMessages } from '../db/retention.ts';
import { DAY, HOUR } from '../domain/time.ts';
import type { Log } from '../log.ts';
import type { Metrics } from './metrics.ts';

export interface RetentionDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'retired'>;
  /** For so long everything is kept. */
  readonly days: number;
  /** Rows, or conversations, that one transaction is about. */
  readonly atOnce?: number;
}

export interface Retention {
  /** Looks through everything once. @returns how many rows of each kind were removed. */
  once(): Promise<{ readonly messages: number; readonly batches: number; readonly events: number }>;
  /** Looks every hour from now on. */
  start(): void;
  /** Resolves when the transaction under way has ended. */
  stop(): Promise<void>;
}

/**
 * Removes what is final and old: messages, what it took to deliver them, and events of systems. Several processes may do so at
 * once. What waits, is held or was refused stays, however old, and with it all that came after it in its conversation.
 */
export function createRetention({ db, clock, log, metrics, days, atOnce = 500 }: RetentionDeps): Retention {
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<unknown> = Promise.resolve();
  let isStopping = false;

  async function all(table: 'messages' | 'batches' | 'inbound_events', remove: () => Promise<number>): Promise<number> {
    let total = 0;
    for (let removed = atOnce; removed >= atOnce && !isStopping; total += removed) {
      removed = await remove();
      metrics.retired.inc({ table }, removed);
    }
    return total;
  }

  async function oldMessages(before: number): Promise<number> {
    let total = 0;
    let some = await conversationsAfter(db, undefined, atOnce);
    while (some.length > 0 && !isStopping) {
      for (const conversation of some) {
        if (isStopping) break;
        total += await all('messages', () => removeOldMessages(db, conversation, before, atOnce));
      }
      some = await conversationsAfter(db, some.at(-1), atOnce);
    }
    return total;
  }

  async function once() {
    const before = clock.now() - days * DAY;
    const messages = await oldMessages(before);
    const batches = await all('batches', () => removeOldBatches(db, before, atOnce));
    const events = await all('inbound_events', () => removeOldEvents(db, before, atOnce));
    if (messages + batches + events > 0) log.info({ messages, batches, events, days }, 'removed what was final and old');
    return { messages, batches, events };
  }

  const look = (): void => {
    looking = once()
      .catch((error: unknown) => log.warn({ err: error }, 'what is old could not be removed; it is tried again in an hour'))
      .finally(() => {
        if (!isStopping) timer = setTimeout(look, HOUR);
      });
  };

  return {
    once,
    start: look,
    stop: async () => {
      isStopping = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
