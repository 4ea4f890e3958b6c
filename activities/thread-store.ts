import type { AccountRef } from './account-store.ts';
import type { Changed, CollectedReply, MovedThread, SkippedReply } from './business-system.ts';
import type { LaneBell, ThreadBell } from './contract.ts';
import type { Slot } from './limit-store.ts';
import type { StoredEffect } from './round-store.ts';
import type { AccountId, ConversationId, DestinationId, ThreadId } from '../src/domain/ids.ts';
import type { Json, JsonObject } from '../src/domain/json.ts';
import type { WaitWhy } from '../src/domain/lane-state.ts';

/** What collect needs of PostgreSQL. Every method is one transaction. */
export interface ThreadStore {
  /** What a collect starts from; reads how dirty the thread is before anything is fetched. */
  open(thread: ThreadId): Promise<OpenThread | undefined>;
  /** Stores what was fetched: each reply once, under the conversation's lock; nothing while a write of ours is undecided. */
  accept(collected: AcceptCollected): Promise<AcceptedReplies>;
  /** Leaves the thread dirty and says until when not to fetch it. */
  postpone(postponed: PostponedThread): Promise<void>;
  /** The thread was deleted: there is nothing to fetch. */
  markGone(thread: ThreadId): Promise<void>;
  /** Marks those threads of an account dirty that are ours and not known in this version. Returns the bells to ring. */
  dirty(account: AccountId, changed: Changed['threads'], now: number): Promise<readonly DirtyThread[]>;
}

export interface PostponedThread {
  readonly thread: ThreadId;
  readonly now: number;
  readonly until: number;
  readonly why: WaitWhy;
  /** A slot of the account that the thread waits for. */
  readonly slot?: Slot;
  /** The system did not work as it should. */
  readonly failed?: boolean;
}

export interface OpenThread {
  readonly thread: ThreadId;
  readonly label: string;
  readonly state: 'open' | 'closed' | 'gone' | 'diverted';
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
  /** Not to be fetched before. */
  readonly wait: { readonly until: number; readonly why: WaitWhy } | undefined;
  /** A slot of the account that the thread waited for. */
  readonly slot: Slot | undefined;
  /** Effects of the thread's lane that are `sent`. */
  readonly sent: readonly StoredEffect[];
  readonly failures: number;
  readonly failingSince: number | undefined;
}

export interface AcceptCollected {
  readonly thread: ThreadId;
  readonly items: readonly CollectedReply[];
  readonly skipped: readonly SkippedReply[];
  readonly cursor: Json;
  readonly dirty: number;
  readonly state: 'open' | 'closed' | 'diverted' | undefined;
  /** Where the thread goes on, if it was merged into another one. */
  readonly movedTo: MovedThread | undefined;
  /** Who our app user is there now, if that has changed. */
  readonly person: string | undefined;
  readonly writes: readonly number[] | undefined;
  readonly data: JsonObject;
  readonly version: string | undefined;
  readonly now: number;
}

export interface AcceptedReplies {
  /** Sequence numbers given to what was new. */
  readonly seqs: readonly number[];
  readonly behind: readonly LaneBell[];
  /** What was not taken, and was not told of before. */
  readonly skipped: readonly SkippedReply[];
  /** A write of ours is undecided: the thread stays dirty for the settling. */
  readonly undecided: boolean;
}

export interface DirtyThread extends ThreadBell {
  readonly conversation: ConversationId;
}
