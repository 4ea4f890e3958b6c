import type { Clock } from '../../activities/ports.ts';
import type { Db } from '../db/db.ts';
import { readLedger } from '../db/read-ledger.ts';
import { SECOND } from '../domain/time.ts';
import type { Log } from '../log.ts';
import type { Metrics } from './metrics.ts';

export interface LedgerGaugesDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** By name: what there is nothing to say of says 0. */
  readonly systems: readonly { readonly name: string }[];
}

/** However many ask, the database is asked no more often than this; and no more than a tenth of the time. */
const FRESH_FOR_MS = 5 * SECOND;
const STATES = ['waiting', 'sending', 'held', 'refused'] as const;

/** Gauges of what stands in the ledger. @returns brings them up to date, or has them say nothing where the ledger cannot be read. */
export function createLedgerGauges(deps: LedgerGaugesDeps): () => Promise<void> {
  const { metrics, clock } = deps;
  let freshUntil = 0;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const began = clock.now();
    const ledger = await readLedger(deps.db, began).catch((error: unknown) => {
      deps.log.warn({ err: error }, 'the ledger could not be read for metrics');
      return undefined;
    });
    reset(metrics);
    metrics.ledgerRead.set(ledger === undefined ? 0 : 1);
    if (ledger !== undefined) show(deps, ledger, began);
    freshUntil = clock.now() + Math.max(FRESH_FOR_MS, 10 * (clock.now() - began));
  }

  return async () => {
    if (clock.now() < freshUntil) return;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    await reading;
  };
}

function reset({ messages, oldest, lanesWaiting, lanesParked, destinationsParked }: Metrics): void {
  for (const gauge of [messages, oldest, lanesWaiting, lanesParked, destinationsParked]) gauge.reset();
}

function show({ metrics, systems }: LedgerGaugesDeps, ledger: Awaited<ReturnType<typeof readLedger>>, now: number): void {
  for (const { name: system } of systems) {
    metrics.lanesParked.set({ system }, 0);
    metrics.destinationsParked.set({ system }, 0);
    for (const state of STATES) {
      metrics.messages.set({ system, state }, 0);
      metrics.oldest.set({ system, state }, 0);
    }
  }
  for (const { system, state, messages, lanes, oldest } of ledger.undelivered) {
    metrics.messages.set({ system, state }, messages);
    metrics.oldest.set({ system, state }, Math.max(0, now - oldest) / SECOND);
    if (state === 'held') metrics.lanesParked.set({ system }, lanes);
  }
  for (const { system, reason, lanes } of ledger.waiting) metrics.lanesWaiting.set({ system, reason }, lanes);
  for (const { system, destinations } of ledger.parked) metrics.destinationsParked.set({ system }, destinations);
}
