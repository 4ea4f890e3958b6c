import { withAccount } from './api.ts';
import { backoffMs } from './backoff.ts';
import { refsIn, resolveRefs } from './batch.ts';
import type { RemoteRef } from './batch.ts';
import { callOf, end, NEXT, AGAIN, sentEffect } from './round.ts';
import type { Round, Step } from './round.ts';
import type { StoredEffect } from './round-store.ts';
import { OutcomeUnknown, SystemError, ThreadGone } from './system-error.ts';
import { TurnLater, takeTurn } from './turns.ts';
import type { EffectId } from '../src/domain/ids.ts';
import { SECOND } from '../src/domain/time.ts';

/** A write starts at once after its claim, or not at all. */
const START_WITHIN_MS = 5 * SECOND;
/** So many undecided writes in a row are looked for as soon as they can be. */
const PATIENT_LOOKS = 3;

/** Brings one effect forward: looks for it where it may have been written, else claims and performs it. */
export const advance = (round: Round, effect: StoredEffect): Promise<Step> =>
  effect.state === 'sent' ? lookFor(round, effect) : claimAndPerform(round, effect);

/** Claims an effect and performs it. */
async function claimAndPerform(round: Round, effect: StoredEffect): Promise<Step> {
  const { ports, system, open } = round;
  const seen = { state: seenState(effect), attempt: effect.attempt };
  const stale = staleFor(round, effect);
  if (stale.length > 0) {
    await ports.rounds.replan({ batch: open.batch.id, now: ports.clock.now(), redo: { effect: effect.id, seen, stale } });
    return AGAIN;
  }
  const call = callOf(round);
  const slot = await takeTurn(call, effect.scopes, round.slot);
  round.slot = undefined;
  const bytes = effect.bytes ?? resolveRefs(effect.write, round.refs);
  const now = ports.clock.now();
  const startBy = now + START_WITHIN_MS;
  const claim = {
    batch: open.batch.id,
    effect: effect.id,
    seen,
    bytes,
    now,
    startBy,
  };
  if (!(await ports.rounds.claim({ ...claim, expiresAt: startBy + system.facts.requestTimeoutMs }))) return AGAIN;
  const sent = sentEffect({ ...effect, bytes, firstSentAt: effect.firstSentAt ?? now });
  try {
    // What may be repeated may also come late.
    const bounds = effect.repeatable ? { slot } : { slot, startBy };
    const ref = await withAccount({ ...call, ...bounds }, (api) => system.perform(sent, api));
    await finish(round, effect, ref);
    return NEXT;
  } catch (error) {
    if (isCertainlyNotApplied(error)) {
      await ports.rounds.unclaim(effect.id, effect.attempt + 1, { said: sayOf(error), now: ports.clock.now() });
    }
    throw error;
  }
}

/** The done effects that this one refers to and whose results are too old for it. */
function staleFor({ ports, open }: Round, effect: StoredEffect): readonly EffectId[] {
  const wanted = new Set(refsIn(effect.write));
  const now = ports.clock.now();
  const isStale = ({ key, state, doneAt, freshForMs }: StoredEffect): boolean =>
    wanted.has(key) && state === 'done' && freshForMs !== undefined && (doneAt ?? 0) + freshForMs <= now;
  return open.effects.filter(isStale).map(({ id }) => id);
}

/** Looks for a write whose outcome is not known. */
async function lookFor(round: Round, effect: StoredEffect): Promise<Step> {
  const { ports, system } = round;
  if (effect.repeatable) return await claimAndPerform(round, effect);
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
  return await claimAndPerform(round, effect);
}

/** Nothing is known before the request can no longer arrive. A system that keeps answering so is left alone for longer each time. */
function undecided({ ports, open }: Round, effect: StoredEffect, countsFrom: number): Step {
  const calm = open.failures < PATIENT_LOOKS ? 0 : ports.clock.now() + backoffMs(open.failures - PATIENT_LOOKS);
  return end({ wait: { until: Math.max(countsFrom, calm), why: { kind: 'undecided', what: effect.summary } }, failed: true });
}

async function find(round: Round, effect: StoredEffect): Promise<RemoteRef | undefined> {
  try {
    const held = round.slot;
    round.slot = undefined;
    return await withAccount({ ...callOf(round), held }, (api) => round.system.find(sentEffect(effect), api));
  } catch (error) {
    // A thread that is gone holds nothing of ours.
    if (error instanceof ThreadGone) return undefined;
    throw error;
  }
}

async function finish(round: Round, effect: StoredEffect, ref: RemoteRef): Promise<void> {
  if (effect.makes === 'thread' && ref.thread === undefined)
    throw new Error(`perform: an effect that makes a thread returned none [effect=${effect.id}]`);
  await round.ports.rounds.finish({ effect: effect.id, ref, now: round.ports.clock.now() });
  round.refs.set(effect.key, ref);
}

const isCertainlyNotApplied = (error: unknown): boolean =>
  error instanceof TurnLater || (error instanceof SystemError && !(error instanceof OutcomeUnknown));

const sayOf = (error: unknown): string => (error instanceof Error ? error.message : 'failed');

const seenState = (effect: StoredEffect): 'planned' | 'sent' => (effect.state === 'sent' ? 'sent' : 'planned');
