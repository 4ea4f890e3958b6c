import { TurnLater, takeTurn, withAccount } from './api.ts';
import type { AccountCall } from './api.ts';
import type { Attempt } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import { resolveRefs } from './batch.ts';
import type { Effect, PlanContext, RemoteRef } from './batch.ts';
import type { BusinessSystem } from './business-system.ts';
import type { RoundInput, RoundResult } from './contract.ts';
import type { Slot } from './limit-store.ts';
import type { Ports } from './ports.ts';
import type { CloseRound, OpenBatch, StoredEffect } from './round-store.ts';
import { previewOf } from './preview.ts';
import {
  CredentialsRevoked,
  DestinationGone,
  OutcomeUnknown,
  RateLimited,
  Refused,
  SystemError,
  ThreadClosed,
  ThreadGone,
} from './system-error.ts';
import { DAY, SECOND } from '../src/domain/time.ts';

/** A write starts at once after its claim, or not at all. */
const START_WITHIN_MS = 5 * SECOND;
/** So many undecided writes in a row are looked for as soon as they can be. */
const PATIENT_LOOKS = 3;
/** More steps than any sound round needs: a plan that never ends is a fault, not a loop. */
const MAX_STEPS = 1_000;

/** What is left to decide about a round when it ends. */
type Ending = Pick<CloseRound, 'wait' | 'slot' | 'failed' | 'park'>;

/** One step of a walk: look at the batch afresh, go on with the next effect, or end the round. */
type Step = { readonly kind: 'again' } | { readonly kind: 'next' } | { readonly kind: 'end'; readonly ending: Ending };

const AGAIN: Step = { kind: 'again' };
const NEXT: Step = { kind: 'next' };
const end = (ending: Ending): Step => ({ kind: 'end', ending });

interface Round {
  readonly ports: Ports;
  readonly system: BusinessSystem;
  readonly attempt: Attempt;
  readonly open: OpenBatch;
  /** What earlier effects of the batch returned, by key. */
  readonly refs: Map<string, RemoteRef>;
  /** A slot of the account that the lane waited for: for the first call. */
  slot: Slot | undefined;
}

/**
 * Runs one round of one lane: freezes a batch, or continues the open one, walks its effects, settles.
 *
 * Safe to run again from the start after a kill at any instruction, and safe against another attempt running beside it: every
 * write is claimed in PostgreSQL before it is made, and looked up before it is repeated.
 */
export async function deliver(ports: Ports, system: BusinessSystem, input: RoundInput, attempt: Attempt): Promise<RoundResult> {
  const { batchLimit: limit, threads } = system.facts;
  let round: Round | undefined;
  try {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const opened = await ports.rounds.open({ ...input, now: ports.clock.now(), limit, threads });
      if (opened.kind === 'ended') return opened.result;
      round = { ports, system, attempt, open: opened.open, refs: refsOf(opened.open), slot: opened.open.slot ?? round?.slot };
      const walked = await walk(round);
      if (walked.kind === 'end') return await close(round, walked.ending);
    }
    throw new Error(`deliver: the round does not come to an end [round=${input.round}]`);
  } catch (error) {
    if (!attempt.isLast || round === undefined) throw error;
    return await closeFailed(round, error);
  }
}

async function walk(round: Round): Promise<Step> {
  const { open, system, ports } = round;
  if (!open.isPlanned) {
    const effects = open.batch.messages.length === 0 ? [] : system.plan(open.batch, contextOf(round));
    await ports.rounds.savePlan(open.batch.id, effects);
    return AGAIN;
  }
  for (const effect of open.effects) {
    if (effect.state === 'done') continue;
    const step = await guarded(round, effect, () => (effect.state === 'sent' ? lookFor(round, effect) : write(round, effect)));
    if (step.kind !== 'next') return step;
  }
  return end({});
}

/** Claims an effect and performs it. */
async function write(round: Round, effect: StoredEffect): Promise<Step> {
  const { ports, system, open } = round;
  const call = callOf(round);
  const slot = await takeTurn(call, effect.scopes, round.slot);
  round.slot = undefined;
  const bytes = effect.bytes ?? resolveRefs(effect.write, round.refs);
  const now = ports.clock.now();
  const startBy = now + START_WITHIN_MS;
  const claim = {
    batch: open.batch.id,
    effect: effect.id,
    seen: { state: seenState(effect), attempt: effect.attempt },
    bytes,
    now,
    startBy,
  };
  if (!(await ports.rounds.claim({ ...claim, expiresAt: startBy + system.facts.requestTimeoutMs }))) return AGAIN;
  const sent: Effect = {
    id: effect.id,
    key: effect.key,
    summary: effect.summary,
    makes: effect.makes,
    write: bytes,
    firstSentAt: effect.firstSentAt ?? now,
  };
  try {
    const ref = await withAccount({ ...call, slot, startBy }, (api) => system.perform(sent, api));
    await finish(round, effect, ref);
    return NEXT;
  } catch (error) {
    if (isCertainlyNotApplied(error)) {
      await ports.rounds.unclaim(effect.id, effect.attempt + 1, { said: sayOf(error), now: ports.clock.now() });
    }
    throw error;
  }
}

/** Looks for a write whose outcome is not known. */
async function lookFor(round: Round, effect: StoredEffect): Promise<Step> {
  const { ports, system } = round;
  if (effect.repeatable) return await write(round, effect);
  const found = system.facts.readBack === 'exact' ? await find(round, effect) : undefined;
  if (found !== undefined) {
    await finish(round, effect, found);
    return NEXT;
  }
  const countsFrom = (effect.expiresAt ?? 0) + system.facts.settleMs;
  if (ports.clock.now() < countsFrom) return undecided(round, effect, countsFrom);
  if (system.facts.readBack === 'none' && effect.attempt >= 2) {
    await finish(round, effect, { ids: [], uncertain: true });
    return NEXT;
  }
  return await write(round, effect);
}

/** Nothing is known before the request can no longer arrive. A system that keeps answering so is left alone for longer each time. */
function undecided({ ports, open }: Round, effect: StoredEffect, countsFrom: number): Step {
  const calm = open.failures < PATIENT_LOOKS ? 0 : ports.clock.now() + backoffMs(open.failures - PATIENT_LOOKS);
  return end({ wait: { until: Math.max(countsFrom, calm), why: { kind: 'undecided', what: effect.summary } }, failed: true });
}

async function find(round: Round, effect: StoredEffect): Promise<RemoteRef | undefined> {
  try {
    return await withAccount(callOf(round), (api) => round.system.find(sentEffect(effect), api));
  } catch (error) {
    // A thread that is gone holds nothing of ours.
    if (error instanceof ThreadGone) return undefined;
    throw error;
  }
}

/** Turns what went wrong with an effect into the next step. What is not known here ends the attempt. */
async function guarded(round: Round, effect: StoredEffect, work: () => Promise<Step>): Promise<Step> {
  const { ports, open } = round;
  try {
    return await work();
  } catch (error) {
    const now = ports.clock.now();
    if (error instanceof SystemError && isOutOfPatience(round)) return end({ park: { reason: outOfPatience(round, error) } });
    if (error instanceof TurnLater) return end({ wait: { until: error.slot.at, why: { kind: 'turn' } }, slot: error.slot });
    if (error instanceof RateLimited) return await slowDown(round, error);
    if (error instanceof OutcomeUnknown && !effect.repeatable) return AGAIN;
    if (error instanceof Refused) return await reshape(round, effect, error);
    if (error instanceof ThreadClosed || error instanceof ThreadGone) {
      await ports.rounds.replan({ batch: open.batch.id, now, thread: error instanceof ThreadClosed ? 'closed' : 'gone' });
      // Only an app user's message opens a thread or follows one up: agents' words wait for it.
      return open.batch.role === 'appUser' ? AGAIN : end({});
    }
    if (error instanceof CredentialsRevoked || error instanceof DestinationGone) return end({ park: { reason: error.message } });
    throw error;
  }
}

async function slowDown(round: Round, error: RateLimited): Promise<Step> {
  const { ports, open } = round;
  if (error.scope !== 'thread') await ports.limits.pause(open.account.id, error.scope, error.until);
  const of = error.scope === 'thread' ? `this ${round.system.facts.threadWord}` : 'the account';
  return end({ wait: { until: error.until, why: { kind: 'rateLimited', of } } });
}

/** A content was refused: try a plainer form; alone, to find out which message it is; then leave that one message out. */
async function reshape(round: Round, effect: StoredEffect, error: Refused): Promise<Step> {
  const { ports, system, open } = round;
  const affected = open.batch.messages.filter((message) => effect.seqs.includes(message.seq));
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

async function finish(round: Round, effect: StoredEffect, ref: RemoteRef): Promise<void> {
  await round.ports.rounds.finish({ effect: effect.id, ref, now: round.ports.clock.now() });
  round.refs.set(effect.key, ref);
}

async function close(round: Round, ending: Ending): Promise<RoundResult> {
  const { ports, system, open } = round;
  const limit = system.facts.budgets.thread;
  const live = [...round.refs.values()].findLast((ref) => ref.budget !== undefined)?.budget;
  return await ports.rounds.close({
    ...ending,
    batch: open.batch.id,
    generation: open.generation,
    now: ports.clock.now(),
    preview: ports.settings.preview ? previewOf(open.batch.messages) : undefined,
    ...(limit === undefined
      ? {}
      : {
          budget: {
            ...limit,
            windowMs: system.facts.windowMs,
            of: `this ${system.facts.threadWord}`,
            ...(live === undefined ? {} : { live }),
          },
        }),
  });
}

/** The last attempt writes down what the next round must know: that this one failed, why, and how long to leave it. */
async function closeFailed(round: Round, error: unknown): Promise<RoundResult> {
  const { ports, open, system } = round;
  const now = ports.clock.now();
  const since = open.failingSince ?? now;
  const said = error instanceof SystemError ? error.message : `${system.facts.label}: a fault in Deskbridge, see its log`;
  const why = { kind: error instanceof SystemError ? 'unavailable' : 'failed', said, since } as const;
  return await close(round, { wait: { until: now + backoffMs(open.failures), why }, failed: true });
}

function isOutOfPatience(round: Round): boolean {
  const { patienceMs } = round.system.facts;
  const since = round.open.destinationFailingSince;
  return patienceMs !== undefined && since !== undefined && round.ports.clock.now() - since >= patienceMs;
}

const outOfPatience = (round: Round, error: SystemError): string =>
  `${error.message}, and there was no success for ${Math.round((round.system.facts.patienceMs ?? 0) / DAY)} days`;

const isCertainlyNotApplied = (error: unknown): boolean =>
  error instanceof TurnLater || (error instanceof SystemError && !(error instanceof OutcomeUnknown));

const sayOf = (error: unknown): string => (error instanceof Error ? error.message : 'failed');

const callOf = (round: Round): AccountCall => ({
  ports: round.ports,
  system: round.system,
  account: round.open.account,
  attempt: round.attempt,
});

function refsOf(open: OpenBatch): Map<string, RemoteRef> {
  return new Map(open.effects.flatMap((effect) => (effect.ref === undefined ? [] : [[effect.key, effect.ref] as const])));
}

const seenState = (effect: StoredEffect): 'planned' | 'sent' => (effect.state === 'sent' ? 'sent' : 'planned');

export function sentEffect(effect: StoredEffect): Effect {
  const { id, key, summary, makes, bytes, write, firstSentAt } = effect;
  return { id, key, summary, makes, write: bytes ?? write, firstSentAt: firstSentAt ?? 0 };
}

function contextOf({ open, ports, system }: Round): PlanContext {
  return {
    app: open.app,
    conversation: open.conversation,
    appUser: open.appUser,
    person: open.person,
    thread: open.thread,
    previous: open.previous,
    account: open.account,
    settings: open.integrationSettings,
    operator: ports.settings.operator(system.name),
    transcriptUrl: open.hasHistory ? `${ports.settings.publicUrl}/transcripts/${open.conversation}` : undefined,
    done: new Set(open.effects.filter((effect) => effect.state === 'done').map((effect) => effect.key)),
    nonce: open.nonce,
    installation: ports.settings.installation,
  };
}
