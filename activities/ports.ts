import type { AppUserProfile, Batch, PlanThread, PlannedEffect, RemoteRef } from './batch.ts';
import type { CollectedReply, Rate } from './business-system.ts';
import type { LaneBell, RoundInput, RoundResult, ThreadBell } from './contract.ts';
import type { Http } from './http.ts';
import type { AccountId, BatchId, ConversationId, DestinationId, EffectId, ThreadId } from '../src/domain/ids.ts';
import type { Json, JsonObject } from '../src/domain/json.ts';
import type { WaitWhy } from '../src/domain/lane-state.ts';

/**
 * What activities need of the rest of Deskbridge. Every method is one step: one transaction or one request. A process may die
 * before or after any of them, and the next attempt continues.
 */
export interface Ports {
  readonly clock: Clock;
  readonly http: Http;
  readonly rounds: RoundStore;
  readonly threads: ThreadStore;
  readonly accounts: AccountStore;
  readonly limits: LimitStore;
  readonly settings: Settings;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What is fixed for the whole installation. */
export interface Settings {
  /** Names this installation on vendor accounts that others share. */
  readonly installation: string;
  /** Where vendors and browsers reach the API process. No trailing slash. */
  readonly publicUrl: string;
  /** What the operator provides for a system. */
  operator(system: string): Readonly<Record<string, string>>;
}

export interface RoundStore {
  /**
   * A round's first transaction: takes the lane's bell, decides whether the destination is parked or waits, continues the open
   * batch whoever opened it, and only without one freezes waiting messages under the round's own id.
   */
  open(input: OpenRound): Promise<Opened>;
  /** Stores the effects of a batch that has no planned ones. `false`: someone else did, or the batch is not open. */
  savePlan(batch: BatchId, effects: readonly PlannedEffect[]): Promise<boolean>;
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
  close(close: CloseRound): Promise<RoundResult>;
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
  readonly thread: PlanThread | undefined;
  readonly previous: PlanThread | undefined;
  readonly integrationSettings: JsonObject;
  /** Whether messages were exchanged before this destination took part. */
  readonly hasHistory: boolean;
  readonly nonce: string;
  /** All effects that are not void, in order. */
  readonly effects: readonly StoredEffect[];
  /** A slot of the account that this lane waited for. */
  readonly slot: Slot | undefined;
  /** Consecutive failures of this lane and when they began. */
  readonly failures: number;
  readonly failingSince: number | undefined;
}

export interface AccountRef {
  readonly id: AccountId;
  readonly key: string;
  readonly data: JsonObject;
}

export interface StoredEffect {
  readonly id: EffectId;
  readonly key: string;
  readonly summary: string;
  readonly seqs: readonly number[];
  readonly makes: 'person' | 'thread' | undefined;
  readonly scopes: readonly string[];
  readonly repeatable: boolean;
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
}

export interface Claim {
  readonly batch: BatchId;
  readonly effect: EffectId;
  readonly seen: { readonly state: 'planned' | 'sent'; readonly attempt: number };
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
  /** What became of the thread. */
  readonly thread?: 'closed' | 'gone';
  /** The form that these messages take from now on; `parked`: refused in every form. */
  readonly forms?: { readonly seqs: readonly number[]; readonly form: 'plain' | 'missing' | 'parked'; readonly said: string };
  /** Return these messages to the queue: the first one is tried alone. */
  readonly release?: readonly number[];
}

export interface CloseRound {
  readonly batch: BatchId;
  readonly now: number;
  /** What the round says of itself; the ledger's part is added. */
  readonly label: string | undefined;
  readonly wait?: { readonly until: number; readonly why: WaitWhy };
  readonly slot?: Slot;
  /** The round met a failure that counts: the system did not work as it should. */
  readonly failed?: boolean;
  readonly park?: { readonly reason: string };
  /** The thread's limit, to stretch the next window. */
  readonly threadBudget?: { readonly count: number; readonly periodMs: number };
}

export interface ThreadStore {
  /** What a collect starts from; reads how dirty the thread is before anything is fetched. */
  open(thread: ThreadId, now: number): Promise<OpenThread | undefined>;
  /** Stores what was fetched: each reply once, under the conversation's lock; nothing while a write of ours is undecided. */
  accept(collected: AcceptCollected): Promise<AcceptedReplies>;
  /** Leaves the thread dirty and says until when not to fetch it. */
  postpone(postpone: {
    readonly thread: ThreadId;
    readonly until: number;
    readonly why: WaitWhy;
    readonly failed: boolean;
  }): Promise<void>;
  /** Says what became of a thread. */
  mark(thread: ThreadId, state: 'gone' | 'closed' | 'diverted', now: number): Promise<void>;
  /** Marks threads of an account dirty, by remote id. Returns the bells to ring. */
  dirty(account: AccountId, remoteIds: readonly string[], now: number): Promise<readonly DirtyThread[]>;
}

export interface OpenThread {
  readonly thread: ThreadId;
  readonly label: string;
  readonly remoteId: string;
  readonly conversation: ConversationId;
  readonly destination: DestinationId;
  readonly generation: number;
  readonly isParked: boolean;
  readonly account: AccountRef;
  readonly integrationSettings: JsonObject;
  readonly cursor: Json;
  readonly data: JsonObject;
  /** The remote person who is our app user. */
  readonly person: string | undefined;
  /** How dirty the thread was before anything was fetched. */
  readonly dirty: number;
  /** Effects of the thread's lane that are `sent`. */
  readonly sent: readonly StoredEffect[];
  readonly failures: number;
  readonly failingSince: number | undefined;
}

export interface AcceptCollected {
  readonly thread: ThreadId;
  readonly items: readonly CollectedReply[];
  readonly cursor: Json;
  readonly dirty: number;
  readonly state: 'open' | 'closed' | undefined;
  readonly diverted: boolean;
  readonly writes: readonly number[] | undefined;
  readonly now: number;
}

export interface AcceptedReplies {
  /** Sequence numbers given to what was new. */
  readonly seqs: readonly number[];
  readonly behind: readonly LaneBell[];
  /** A write of ours is undecided: the thread stays dirty for the settling. */
  readonly undecided: boolean;
}

export interface DirtyThread extends ThreadBell {
  readonly conversation: ConversationId;
}

export interface AccountStore {
  find(system: string, key: string): Promise<AccountRow | undefined>;
  grant(account: AccountId): Promise<StoredGrant | undefined>;
  /** Takes the right to rotate a grant, if nobody has it and the version is the one seen. */
  leaseGrant(account: AccountId, version: number, now: number, until: number): Promise<boolean>;
  /** Replaces a grant, if its version is still the one seen. */
  rotateGrant(account: AccountId, version: number, grant: GrantToStore, now: number): Promise<boolean>;
  /** Gives a lease back after a refresh that failed without effect. */
  releaseGrant(account: AccountId, version: number): Promise<void>;
  /** Keeps what a step of reconciliation returned. */
  keep(account: AccountId, data: JsonObject, secrets: JsonObject): Promise<void>;
  /** Writes progress or a problem to the account's integrations. */
  progress(account: AccountId, progress: { readonly text: string; readonly problem?: string }): Promise<void>;
  /** Nothing is left to do: connecting becomes connected, removing becomes removed. */
  reconciled(account: AccountId, now: number): Promise<void>;
  polled(account: AccountId, until: number): Promise<void>;
  /** Parks the account's destinations up to the generation that was read with the grant. */
  park(account: AccountId, generations: readonly SeenGeneration[], reason: string, now: number): Promise<void>;
}

export interface SeenGeneration {
  readonly destination: DestinationId;
  readonly generation: number;
}

export interface AccountRow extends AccountRef {
  readonly secrets: JsonObject;
  /** Whether an integration wants it: connecting or connected. */
  readonly wanted: boolean;
  /** Whether it is still to be cleaned up for one that leaves. */
  readonly leaving: boolean;
  readonly polledUntil: number | undefined;
  readonly generations: readonly SeenGeneration[];
}

export interface StoredGrant {
  readonly version: number;
  readonly credentials: JsonObject;
  readonly expiresAt: number | undefined;
  /** When to rotate: half-life. */
  readonly renewAt: number | undefined;
  readonly rotatingUntil: number | undefined;
}

export interface GrantToStore {
  readonly credentials: JsonObject;
  readonly expiresAt?: number;
}

/** A place in an account's queue of calls. */
export interface Slot {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly scopes: readonly string[];
}

export interface LimitStore {
  /** Takes a slot in each scope; the latest counts. */
  take(take: {
    readonly account: AccountId;
    readonly scopes: readonly string[];
    readonly rates: Readonly<Record<string, Rate>>;
    readonly now: number;
  }): Promise<Slot>;
  /** Nobody calls before `until`; then one probe at a time until one succeeds. */
  pause(account: AccountId, scope: string, until: number): Promise<void>;
  /** A call succeeded: the probing ends. */
  passed(account: AccountId, scopes: readonly string[], now: number): Promise<void>;
}
