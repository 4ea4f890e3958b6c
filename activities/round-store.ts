import type { AccountRef } from './account-store.ts';
import type { AppUserProfile, Batch, PlanThread, PlannedEffect, RemoteRef } from './batch.ts';
import type { MovedThread } from './business-system.ts';
import type { RoundInput, RoundResult } from './contract.ts';
import type { Slot } from './limit-store.ts';
import type { BatchId, ConversationId, DestinationId, EffectId } from '../src/domain/ids.ts';
import type { JsonObject } from '../src/domain/json.ts';
import type { WaitWhy } from '../src/domain/lane-state.ts';
import type { LiveLimit } from '../src/domain/pacing.ts';

/** What a round needs of PostgreSQL. Every method is one transaction. */
export interface RoundStore {
  /**
   * A round's first transaction: takes the lane's bell, decides whether the destination is parked or waits, continues the open
   * batch whoever opened it, and only without one freezes waiting messages under the round's own id.
   */
  open(input: OpenRound): Promise<Opened>;
  /**
   * Stores the effects of a batch that has no planned ones.
   * @returns all that are not void now, in order; `undefined`: someone else planned it, or the batch is not open.
   */
  savePlan(batch: BatchId, effects: readonly PlannedEffect[]): Promise<readonly StoredEffect[] | undefined>;
  /** Makes an effect `sent`, by compare-and-set on what was seen of it. `false`: look again. */
  claim(claim: Claim): Promise<boolean>;
  /** Makes a `sent` effect `done` and keeps what it returned, whoever sent it. */
  finish(finish: Finish): Promise<void>;
  /** Makes an effect that this attempt sent `planned` again: the write was certainly not applied. */
  unclaim(effect: EffectId, attempt: number, failure: AttemptFailure): Promise<void>;
  /** Voids the planned effects, so that the batch is planned again: a thread closed or gone, messages in another form. */
  replan(replan: Replan): Promise<void>;
  /**
   * A round's last transaction: messages whose writes are all done are delivered, messages of which nothing was written return
   * to the queue, the rest stay in the open batch. Writes down the wait or the parking, and decides held notices.
   */
  close(close: CloseRound): Promise<ClosedRound>;
}

export interface OpenRound extends RoundInput {
  readonly now: number;
  readonly limit: { readonly messages: number; readonly bytes: number };
  /** Whether a conversation needs a thread in this system. */
  readonly threads: boolean;
}

export type Opened =
  /** Nothing to do for this round: parked, waiting, nothing to send, or settled before. */
  { readonly kind: 'ended'; readonly result: RoundResult } | { readonly kind: 'open'; readonly open: OpenBatch };

export interface OpenBatch {
  readonly batch: Batch;
  readonly conversation: ConversationId;
  readonly destination: DestinationId;
  /** The destination's generation, read in the transaction that read the grant's version. */
  readonly generation: number;
  readonly account: AccountRef;
  readonly app: { readonly id: string; readonly name: string };
  readonly appUser: AppUserProfile;
  readonly person: { readonly remoteId: string; readonly profileHash: string } | undefined;
  readonly formerPerson: string | undefined;
  readonly thread: PlanThread | undefined;
  readonly previous: PlanThread | undefined;
  readonly integrationSettings: JsonObject;
  /** Whether messages were exchanged before this destination took part. */
  readonly hasHistory: boolean;
  readonly nonce: string;
  /** Whether the effects are a whole plan. */
  readonly isPlanned: boolean;
  /** All effects that are not void, in order. */
  readonly effects: readonly StoredEffect[];
  /** A slot of the account that this lane waited for. */
  readonly slot: Slot | undefined;
  /** Consecutive failures of this lane and when they began. */
  readonly failures: number;
  readonly failingSince: number | undefined;
  /** Since when the destination, in all its lanes, has seen no success. */
  readonly destinationFailingSince: number | undefined;
}

export interface StoredEffect {
  readonly id: EffectId;
  readonly key: string;
  readonly summary: string;
  readonly seqs: readonly number[];
  readonly serves: readonly number[];
  readonly makes: 'person' | 'thread' | undefined;
  readonly scopes: readonly string[];
  readonly repeatable: boolean;
  readonly freshForMs: number | undefined;
  readonly state: 'planned' | 'sent' | 'done';
  /** How often it was claimed. */
  readonly attempt: number;
  readonly write: JsonObject;
  /** The final bytes, once it was sent. */
  readonly bytes: JsonObject | undefined;
  readonly firstSentAt: number | undefined;
  readonly startBy: number | undefined;
  readonly expiresAt: number | undefined;
  readonly ref: RemoteRef | undefined;
  readonly doneAt: number | undefined;
}

/** What was seen of an effect before it is touched. */
export interface SeenEffect {
  readonly state: 'planned' | 'sent';
  readonly attempt: number;
}

export interface Claim {
  readonly batch: BatchId;
  readonly effect: EffectId;
  readonly seen: SeenEffect;
  readonly bytes: JsonObject;
  readonly now: number;
  readonly startBy: number;
  readonly expiresAt: number;
}

export interface Finish {
  readonly effect: EffectId;
  readonly ref: RemoteRef;
  readonly now: number;
}

export interface AttemptFailure {
  readonly said: string;
  readonly now: number;
}

export interface Replan {
  readonly batch: BatchId;
  readonly now: number;
  /** What became of the thread that was written to. */
  readonly thread?: ThreadFate;
  /** The remote person that the system no longer takes. */
  readonly person?: string;
  /** An effect that is to be written, and the done ones that it refers to, whose results are too old: all are planned anew. */
  readonly redo?: { readonly effect: EffectId; readonly seen: SeenEffect; readonly stale: readonly EffectId[] };
  /** The form that these messages take from now on; `parked`: refused in every form. */
  readonly forms?: { readonly seqs: readonly number[]; readonly form: 'plain' | 'missing' | 'parked'; readonly said: string };
  /** Return these messages to the queue: the first one is tried alone. */
  readonly release?: readonly number[];
}

/** What became of a thread of ours. */
export type ThreadFate = {
  readonly remoteId: string;
  /** Merged into its data. */
  readonly data: JsonObject;
} & (
  | { /** `diverted`: it talks to another person, or goes on in one that does. */ readonly state: 'closed' | 'gone' | 'diverted' }
  | { readonly state: 'moved'; readonly to: MovedThread }
);

export interface CloseRound {
  readonly batch: BatchId;
  readonly conversation: ConversationId;
  /** The destination's generation that this round worked with: what is parked. */
  readonly generation: number;
  readonly now: number;
  /** Begins the round's summary, where there is more to say than numbers. */
  readonly preview: string | undefined;
  readonly wait?: { readonly until: number; readonly why: WaitWhy };
  readonly slot?: Slot;
  /** The round met a failure that counts: the system did not work as it should. */
  readonly failed?: boolean;
  readonly park?: { readonly reason: string };
  /** The thread's limit and what the last answer said of it, to stretch the next window. */
  readonly budget?: ThreadBudget;
}

export interface ClosedRound {
  readonly result: RoundResult;
  /** How many messages were delivered by this very call. */
  readonly delivered: number;
  /** When the oldest of them was accepted, epoch milliseconds. */
  readonly since: number | undefined;
}

export interface ThreadBudget {
  readonly count: number;
  readonly periodMs: number;
  readonly windowMs: number;
  /** What is limited, in words: "this ticket". */
  readonly of: string;
  readonly live?: LiveLimit;
}
