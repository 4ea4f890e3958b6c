import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BusinessSystem } from '../activities/business-system.ts';
import type { Arrival } from '../activities/listener.ts';
import type { HookAnswer } from '../activities/inbound.ts';
import type { Settings } from '../activities/ports.ts';
import type { Db } from './db/db.ts';
import { findHookAccount } from './db/hook-account.ts';
import { MINUTE, SECOND } from './domain/time.ts';
import type { Vault } from './secrets.ts';
import { takeIn } from './take-in.ts';
import type { TakeInDeps } from './take-in.ts';

export interface ListenDeps extends TakeInDeps {
  readonly vault: Vault;
  readonly settings: Settings;
  readonly systems: readonly BusinessSystem[];
}

export interface Listening {
  stop(): Promise<void>;
}

type ListeningSystem = BusinessSystem & Required<Pick<BusinessSystem, 'listener'>>;

/** How long until a process that did not get the lease, or lost it, tries again. */
const RETRY_MS = 5 * SECOND;
/** A listener that failed is called again after 1, 2, 4, … seconds, at most so many. */
const LONGEST_PAUSE_MS = 30 * SECOND;
/** One that listened for so long was well: it is called again soon. */
const WELL_MS = MINUTE;
/** How often it is made sure that the lease is still ours: a connection that was lost gave it back. */
const CHECK_MS = 5 * SECOND;

/**
 * Listens for every system that can be listened to and that the operator wants to be. Any number of processes may do so: one of
 * them has the lease of a system at a time, and the next takes over when it ends, however it ends.
 */
export function startListening(deps: ListenDeps): Listening {
  const ending = new AbortController();
  const wanted = deps.systems.filter(
    (system): system is ListeningSystem => system.listener?.isWanted(deps.settings.operator(system.name)) === true,
  );
  const listeners = wanted.map((system) => keepListening(deps, system, ending.signal));
  const stop = async (): Promise<void> => {
    ending.abort();
    await Promise.all(listeners);
  };
  return { stop };
}

async function keepListening(deps: ListenDeps, system: ListeningSystem, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = performance.now();
    let pauseMs = RETRY_MS;
    try {
      await withLease(deps.db, `listen/${system.name}`, signal, (held) => listen(deps, system, held));
      failures = 0;
    } catch (error) {
      if (performance.now() - startedAt > WELL_MS) failures = 0;
      pauseMs = Math.min(SECOND * 2 ** failures, LONGEST_PAUSE_MS);
      failures += 1;
      deps.log.warn({ err: error, system: system.name, retryInMs: pauseMs }, 'listening failed; it is tried again');
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Runs work in one process at a time. The lease is a lock of a database session: it cannot outlive the process. */
async function withLease(db: Db, name: string, signal: AbortSignal, work: (held: AbortSignal) => Promise<void>): Promise<void> {
  await db.connection().execute(async (session) => {
    const key = sql`hashtextextended(${name}, 0)`;
    const result = await sql<{ is_mine: boolean }>`select pg_try_advisory_lock(${key}) as is_mine`.execute(session);
    if (result.rows[0]?.is_mine !== true) return;
    const losing = new AbortController();
    const held = AbortSignal.any([signal, losing.signal]);
    const check = setInterval(() => {
      void sql`select 1`.execute(session).catch((error: unknown) => losing.abort(error));
    }, CHECK_MS);
    try {
      await work(held);
    } finally {
      clearInterval(check);
      await sql`select pg_advisory_unlock(${key})`.execute(session).catch(() => undefined);
    }
  });
}

async function listen(deps: ListenDeps, system: ListeningSystem, signal: AbortSignal): Promise<void> {
  deps.log.info({ system: system.name }, 'listening');
  await system.listener.listen({
    operator: deps.settings.operator(system.name),
    signal,
    warn: (message) => deps.log.warn({ system: system.name }, message),
    take: (arrival) => take(deps, system, arrival),
  });
}

async function take(deps: ListenDeps, system: BusinessSystem, arrival: Arrival): Promise<HookAnswer> {
  const arrivedAt = performance.now();
  const { accountKey: key } = arrival;
  const account = key === undefined ? undefined : await findHookAccount(deps.db, deps.vault, { system: system.name, key });
  const inbound = arrival.read(account);
  return arrival.answer(inbound, await takeIn(deps, { system, account, inbound, arrivedAt }));
}
