import type { AccountCall } from './account-call.ts';
import type { Attempt } from './attempt.ts';
import type { Effect, RemoteRef } from './batch.ts';
import type { BusinessSystem } from './business-system.ts';
import type { Slot } from './limit-store.ts';
import type { Ports } from './ports.ts';
import type { CloseRound, OpenBatch, StoredEffect } from './round-store.ts';

/** What is left to decide about a round when it ends. */
export type Ending = Pick<CloseRound, 'wait' | 'slot' | 'failed' | 'park'>;

/** One step of a walk: look at the batch afresh, go on with the next effect, or end the round. */
export type Step = { readonly kind: 'again' } | { readonly kind: 'next' } | { readonly kind: 'end'; readonly ending: Ending };

export const AGAIN: Step = { kind: 'again' };
export const NEXT: Step = { kind: 'next' };
export const end = (ending: Ending): Step => ({ kind: 'end', ending });

/** A round at work on its open batch. */
export interface Round {
  readonly ports: Ports;
  readonly system: BusinessSystem;
  readonly attempt: Attempt;
  readonly open: OpenBatch;
  /** What earlier effects of the batch returned, by key. */
  readonly refs: Map<string, RemoteRef>;
  /** A slot of the account that the lane waited for: for the first call. */
  slot: Slot | undefined;
}

/** How the round's account is called. */
export const callOf = (round: Round): AccountCall => ({
  ports: round.ports,
  system: round.system,
  account: round.open.account,
  attempt: round.attempt,
});

/** A stored effect, as systems see it. */
export function sentEffect(effect: StoredEffect): Effect {
  const { id, key, summary, makes, bytes, write, firstSentAt } = effect;
  return { id, key, summary, makes, write: bytes ?? write, firstSentAt: firstSentAt ?? 0 };
}
