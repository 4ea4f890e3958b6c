import { withAccount } from './api.ts';
import type { MovedThread } from './business-system.ts';
import { AGAIN, callOf, end } from './round.ts';
import type { Round, Step } from './round.ts';
import type { StoredEffect, ThreadFate } from './round-store.ts';
import {
  AccountRests,
  CredentialsRevoked,
  DestinationGone,
  OutcomeUnknown,
  PersonGone,
  RateLimited,
  Refused,
  SystemError,
  ThreadClosed,
  ThreadDiverted,
  ThreadLost,
} from './system-error.ts';
import { TurnLater, takeSlot } from './turns.ts';
import { DAY } from '../src/domain/time.ts';

/** Turns what went wrong with an effect into the next step. What is not known here ends the attempt. */
export async function afterMishap(round: Round, effect: StoredEffect, error: unknown): Promise<Step> {
  const { ports, open } = round;
  const now = ports.clock.now();
  if (error instanceof SystemError && isOutOfPatience(round)) return end({ park: { reason: outOfPatience(round, error) } });
  if (error instanceof TurnLater) return end({ wait: { until: error.slot.at, why: error.why }, slot: error.slot });
  if (error instanceof AccountRests) return end({ wait: { until: error.until, why: { kind: 'resting' } } });
  if (error instanceof RateLimited) return await slowDown(round, error);
  if (error instanceof OutcomeUnknown && !effect.repeatable) return AGAIN;
  if (error instanceof Refused) return await reshape(round, effect, error);
  if (error instanceof ThreadLost) return await leaveThread(round, error);
  if (error instanceof PersonGone) {
    await ports.rounds.replan({ batch: open.batch.id, now, person: error.person });
    return AGAIN;
  }
  if (error instanceof CredentialsRevoked || error instanceof DestinationGone) return end({ park: { reason: error.message } });
  throw error;
}

async function slowDown(round: Round, error: RateLimited): Promise<Step> {
  const { ports, open } = round;
  if (error.scope !== 'thread') await ports.limits.pause(open.account.id, error.scope, error.until);
  const of = error.scope === 'thread' ? `this ${round.system.facts.threadWord}` : 'the account';
  return end({ wait: { until: error.until, why: { kind: 'rateLimited', of } } });
}

/** The batch is planned again, for the thread that this one was merged into, a follow-up or a new one. */
async function leaveThread(round: Round, error: ThreadLost): Promise<Step> {
  const { ports, open } = round;
  const thread = await fateOf(round, error);
  await ports.rounds.replan({ batch: open.batch.id, now: ports.clock.now(), thread });
  // Only an app user's message opens a thread or follows one up: agents' words wait for it.
  return open.batch.role === 'appUser' || thread.state === 'moved' ? AGAIN : end({});
}

async function fateOf(round: Round, error: ThreadLost): Promise<ThreadFate> {
  const thread = { remoteId: error.thread ?? round.open.thread?.remoteId ?? '', data: error.data };
  if (error instanceof ThreadDiverted) return { ...thread, state: 'diverted' };
  if (!(error instanceof ThreadClosed)) return { ...thread, state: 'gone' };
  const to = await successorOf(round, thread.remoteId);
  if (to === undefined) return { ...thread, state: 'closed' };
  return to.addressee === round.open.person?.remoteId ? { ...thread, state: 'moved', to } : { ...thread, state: 'diverted' };
}

async function successorOf(round: Round, remoteId: string): Promise<MovedThread | undefined> {
  const { system, open } = round;
  if (system.successor === undefined) return undefined;
  const call = callOf(round);
  const slot = await takeSlot(call, []);
  return await withAccount({ ...call, slot }, async (api) =>
    system.successor?.({ remoteId, data: open.thread?.data ?? {} }, api),
  );
}

/** A content was refused: try a plainer form; alone, to find out which message it is; then leave that one message out. */
async function reshape(round: Round, effect: StoredEffect, error: Refused): Promise<Step> {
  const { ports, system, open } = round;
  const carried = new Set([...effect.seqs, ...effect.serves]);
  const affected = [...open.batch.prelude, ...open.batch.messages].filter((message) => carried.has(message.seq));
  const first = affected[0];
  if (first === undefined) throw error;
  const begun = new Set(open.effects.filter((e) => e.state === 'done').flatMap((e) => e.seqs));
  const next = system.facts.fallbacks[first.form === 'full' ? 0 : system.facts.fallbacks.indexOf(first.form) + 1];
  const replan = { batch: open.batch.id, now: ports.clock.now() };
  const others = affected.slice(1).map((message) => message.seq);
  if (begun.has(first.seq)) {
    await ports.rounds.replan({ ...replan, forms: { seqs: [first.seq], form: 'parked', said: error.message } });
  } else if (affected.length > 1 && (first.form !== 'full' || next === undefined)) {
    await ports.rounds.replan({ ...replan, release: others });
  } else {
    const seqs = affected.map((message) => message.seq);
    await ports.rounds.replan({ ...replan, forms: { seqs, form: next ?? 'parked', said: error.message } });
  }
  return AGAIN;
}

function isOutOfPatience(round: Round): boolean {
  const { patienceMs } = round.system.facts;
  const since = round.open.destinationFailingSince;
  return patienceMs !== undefined && since !== undefined && round.ports.clock.now() - since >= patienceMs;
}

const outOfPatience = (round: Round, error: SystemError): string =>
  `${error.message}, and there was no success for ${Math.round((round.system.facts.patienceMs ?? 0) / DAY)} days`;
