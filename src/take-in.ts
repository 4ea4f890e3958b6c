import type { BusinessSystem } from '../activities/business-system.ts';
import type { Accepted, Inbound, Outcome } from '../activities/inbound.ts';
import { wakeAccount } from './connect/wake-account.ts';
import type { Db } from './db/db.ts';
import type { HookAccount } from './db/hook-account.ts';
import { aboutThread } from './db/inbound/about-thread.ts';
import { receiveInbound } from './db/inbound/receive.ts';
import type { Dispatch } from './dispatch.ts';
import type { Clock } from '../activities/ports.ts';
import type { Log } from './log.ts';
import type { Metrics } from './operations/metrics.ts';
import type { Temporal } from './temporal.ts';

export interface TakeInDeps {
  readonly db: Db;
  readonly dispatch: Dispatch;
  readonly temporal: Temporal;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'accepted' | 'hooks'>;
}

/** What a business system sent, verified and read. */
export interface Sent {
  readonly system: BusinessSystem;
  /** Absent: for none of our accounts. */
  readonly account: HookAccount | undefined;
  readonly inbound: readonly Inbound[];
  /** When it arrived, as `performance.now` tells it. */
  readonly arrivedAt: number;
}

/**
 * Stores what a business system sent and rings those whom it concerns, whichever way it came. Nobody waits for the bells.
 * @returns what the answer may say. When it resolves, all is safe.
 */
export async function takeIn(deps: TakeInDeps, { system, account, inbound, arrivedAt }: Sent): Promise<Outcome> {
  const events = inbound.map(({ kind }) => kind).join(' ');
  const told = (outcome: 'unknown' | 'ignored' | 'stored'): void => {
    deps.metrics.hooks.inc({ system: system.name, outcome });
    deps.log.info({ system: system.name, account: account?.id, events, outcome }, 'a system sent something');
  };
  if (account === undefined) {
    told('unknown');
    return { isConnected: false };
  }
  let accepted: Accepted | undefined;
  for (const event of inbound) accepted = (await store(deps, { system, account, event, arrivedAt })) ?? accepted;
  told(inbound.every(({ kind }) => kind === 'ignored') ? 'ignored' : 'stored');
  const question = inbound.find(({ kind }) => kind === 'question');
  const thread = question?.kind === 'question' ? await aboutThread(deps.db, account.id, question.thread) : undefined;
  return { isConnected: true, ...(accepted === undefined ? {} : { accepted }), ...(thread === undefined ? {} : { thread }) };
}

/** @returns that it is a reply which goes to the app user. */
async function store(
  deps: TakeInDeps,
  {
    system,
    account,
    event,
    arrivedAt,
  }: Pick<Sent, 'system' | 'arrivedAt'> & { readonly account: HookAccount; readonly event: Inbound },
): Promise<Accepted | undefined> {
  const received = await receiveInbound(deps.db, account.id, event, { now: deps.clock.now(), arrivedAt });
  const { conversation, lanes, threads, seq, accepted, wakesAccount } = received;
  if (seq !== undefined) {
    deps.metrics.accepted.inc({ from: system.name });
    deps.log.info({ conversation, seq, role: 'appMaker' }, 'a message was accepted');
  }
  if (conversation !== undefined) deps.dispatch.ring({ conversation, lanes, threads, ...(seq !== undefined && { seq }) });
  if (wakesAccount) wakeAccount(deps, system.name, account.key);
  return accepted;
}
