import type { ConversationId, DestinationId, ThreadId } from '../src/domain/ids.ts';
import type { JsonObject } from '../src/domain/json.ts';
import type { WaitWhy } from '../src/domain/lane-state.ts';

/** All that a workflow may call. Types only: workflows know neither the systems nor how they work. */
export interface SystemActivities {
  /** One round of one lane. */
  deliver(input: RoundInput): Promise<RoundResult>;
  /** Fetches what agents wrote in one thread. */
  collect(input: CollectInput): Promise<CollectResult>;
  /** What is left to do until an account is as wanted. */
  reconcile(input: AccountInput): Promise<ReconcileResult>;
  /** Applies one of these steps. */
  apply(input: ApplyInput): Promise<void>;
  /** Asks an account for threads that changed. */
  poll(input: AccountInput): Promise<PollResult>;
}

/** The same, under the names they are registered and called by: `zendesk.deliver`. */
export type Activities = { readonly [Verb in keyof SystemActivities as `${string}.${Verb}`]: SystemActivities[Verb] };

/** One round of one lane. */
export interface RoundInput {
  readonly conversation: ConversationId;
  readonly destination: DestinationId;
  /** 24 hexadecimal characters, the same for every attempt: the batch's id, if the round freezes one. */
  readonly round: string;
  /** What asked for it, for traces: a `traceparent`. */
  readonly trace?: string;
}

/** How a round ended. Times are epoch milliseconds. */
export interface RoundResult {
  /** In one line, for the Web UI: "messages 12–16 → ticket 4711". */
  readonly summary: string;
  /** The lane starts no round before this, whatever rings. */
  readonly until?: number;
  readonly why?: WaitWhy;
  /** The destination is parked, for this reason: every bell starts a round, which decides. */
  readonly parked?: string;
  /** When the oldest message that still waits was accepted. Absent: nothing waits that a round could send. */
  readonly behind?: number;
  /** Agents' messages wait for the app user's next one, which opens a thread. */
  readonly awaitsUser?: boolean;
  /** Threads in which something turned out to be new. */
  readonly collect?: readonly ThreadBell[];
}

/** A thread that has something to fetch. */
export interface ThreadBell {
  readonly thread: ThreadId;
  readonly system: string;
  /** How people call it: "ticket 4711". */
  readonly label: string;
}

/** A lane that has something to send. */
export interface LaneBell {
  readonly destination: DestinationId;
  readonly system: string;
  /** How people call the destination: "Zendesk acme". */
  readonly label: string;
  readonly windowMs: number;
  /** When the oldest waiting message was accepted, epoch milliseconds. */
  readonly since: number;
}

export interface CollectInput {
  readonly conversation: ConversationId;
  readonly thread: ThreadId;
  /** What asked for it, for traces: a `traceparent`. */
  readonly trace?: string;
}

export interface CollectResult {
  readonly summary: string;
  /** Lanes that are behind now. */
  readonly behind: readonly LaneBell[];
  /** Not to be fetched again before this, epoch milliseconds; whatever rings. */
  readonly until?: number;
  readonly why?: WaitWhy;
}

export interface AccountInput {
  readonly system: string;
  readonly accountKey: string;
}

export interface ApplyInput extends AccountInput {
  readonly step: { readonly summary: string; readonly name: string; readonly detail: JsonObject };
}

export interface ReconcileResult {
  /** What is left to do, first step first. Empty: what is wanted is there. */
  readonly steps: readonly ApplyInput['step'][];
  /** Whether any integration still wants the account. */
  readonly wanted: boolean;
  /** In one line, for the Web UI. */
  readonly summary: string;
  /** What people should know that no step can change. */
  readonly notices?: readonly string[];
}

export interface PollResult {
  readonly summary: string;
  readonly dirty: number;
}
