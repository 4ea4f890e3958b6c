import type { Batch, PlanContext, PlannedEffect, Effect, RemoteRef } from './batch.ts';
import type { Field, ConnectFlow, ConnectSteps, OperatorSetting } from './connect.ts';
import type { Http, HttpAnswer, HttpRequest } from './http.ts';
import type { Hook, HookAnswer, Inbound, Outcome, RawRequest } from './inbound.ts';
import type { Listener } from './listener.ts';
import type { Resources } from './resources.ts';
import type { Author, Content, MessageRole } from '../src/domain/message.ts';
import type { Json, JsonObject } from '../src/domain/json.ts';

/**
 * A business system: how to write into it, look into it and hear from it.
 *
 * An implementation describes its writes, performs one and looks one up. When to do so, in which order, and how to survive a kill
 * between any two instructions is the same for all and written once, in `deliver.ts`, `collect.ts` and `reconcile.ts`.
 * Implementations hold no state and read neither clock nor environment nor database.
 */
export interface BusinessSystem {
  /** Lower-case, a path segment and the first half of its activities' names. Never changes: rows and workflows carry it. */
  readonly name: string;
  readonly facts: SystemFacts;
  /** How a person connects an account. */
  readonly connect: ConnectSteps;

  /**
   * The remote writes that bring a batch into the system, in order; also those that open the thread.
   *
   * Pure: same input, same output. Called by the round after a batch is frozen, and again when the thread turned out closed or
   * gone or a content was refused; then `context.done` names the keys already written, which the plan leaves out.
   * Hostile text is made literal here.
   */
  plan(batch: Batch, context: PlanContext): readonly PlannedEffect[];

  /**
   * Performs one planned write.
   *
   * Called by the round right after the effect became `sent`; a repetition carries the same stored bytes. Makes one
   * writing request; it may read before that, and never after.
   * @returns what the system calls the result.
   * @throws {RateLimited | Unavailable | Refused | ThreadLost | PersonGone | DestinationGone | CredentialsRevoked} certainly
   *   not applied.
   * @throws {OutcomeUnknown} perhaps applied: the round looks before it repeats.
   */
  perform(effect: Effect, api: Api): Promise<RemoteRef>;

  /**
   * Looks whether a write arrived. Never writes.
   *
   * Called by the round and by collect for effects that are `sent`. Finding nothing counts only after the request can no longer
   * arrive.
   * @returns the same as `perform` would have, or `undefined` if it is not there.
   */
  find(effect: Effect, api: Api): Promise<RemoteRef | undefined>;

  /** Where agents see a thread, for a link. Pure. */
  threadUrl?(thread: Pick<RemoteThread, 'remoteId' | 'data'>, account: Account): string | undefined;

  /**
   * What agents call a thread, where that says more than its label: the name of a channel. Labels stand in workflows' histories,
   * so they hold no words of people; a name may. Pure.
   */
  threadName?(thread: Pick<RemoteThread, 'data'>): string | undefined;

  /** The figures for one account, where its data or the operator say more than `facts.budgets`. Pure. */
  budgetsOf?(account: Account): Budgets;

  /** What an answer tells about the account that is worth keeping in its data. Pure. */
  learn?(answer: HttpAnswer, known: JsonObject): JsonObject | undefined;

  /** The headers or parameters that make a request the account's own. */
  authorize(request: HttpRequest, credentials: JsonObject): HttpRequest;

  /**
   * Exchanges credentials that expire for fresh ones. Called by one process at a time for an account.
   * @throws {CredentialsRevoked} when the system no longer honours the grant.
   */
  refresh?(credentials: JsonObject, account: Account, now: number, http: Http): Promise<Grant>;

  /**
   * Which account a request to the system's shared hook address is for. Untrusted: it only picks the secret to verify with. One
   * that names none, or none of ours, is verified all the same, and only answered.
   */
  identify?(raw: RawRequest): string | undefined;

  /**
   * Verifies a request of the system against its raw bytes and says what it brings. No I/O.
   * @throws {SignatureInvalid} when it was not signed by the system, or too long ago.
   */
  receive(raw: RawRequest, hook: Hook): readonly Inbound[];

  /** The words of the immediate answer, where the system expects some. Default: 200 without a body. */
  answer?(raw: RawRequest, inbound: readonly Inbound[], outcome: Outcome): HookAnswer;

  /** Listens for what the system sends, where it can be had without a hook address. */
  readonly listener?: Listener;

  /** What a request is answered when we could not store it, so that the system sends it again. Default: 503. */
  readonly retryStatus?: number;

  /**
   * Fetches what agents wrote in a thread since the cursor, with an overlap.
   * @throws {ThreadGone} when the thread was deleted.
   */
  collect?(thread: RemoteThread, api: Api): Promise<Collected>;

  /**
   * Where a thread went that was merged into another one, which goes on in its stead. Called when the thread turned out closed.
   * @returns `undefined` when it was just closed.
   */
  successor?(thread: Pick<RemoteThread, 'remoteId' | 'data'>, api: Api): Promise<MovedThread | undefined>;

  /**
   * Who a person is now that was merged into another. Called when a thread talks to somebody else than our person.
   * @returns `undefined` when the person is still there, or nobody can tell.
   */
  personNow?(was: { readonly person: string; readonly thread: string }, api: Api): Promise<string | undefined>;

  /** The threads in which something happened since `since` (epoch ms), leaving out what only our own writes changed. */
  changed?(since: number, api: Api): Promise<Changed>;

  /** What integrations of one account share: webhooks, triggers. */
  readonly resources?: Resources;
}

/** What is fixed about a system. */
export interface SystemFacts {
  /** As people write it. */
  readonly label: string;
  /** What it does for the team, in a sentence: for whoever chooses what to connect. */
  readonly about?: string;
  /** What integrations of one account share there, as people call it: "the webhook and the trigger". */
  readonly shares?: string;
  /** Whose words, and which activities. An activity is told of in a thread that is open, and opens none. */
  readonly takes: readonly MessageRole[];
  /** How long to collect messages before a batch goes out, from the oldest waiting one. */
  readonly windowMs: number;
  readonly batchLimit: { readonly messages: number; readonly bytes: number };
  /** Whether a conversation needs a thread there. If so, an app user's message opens it and agents' earlier ones go along. */
  readonly threads: boolean;
  /** How people call a thread: "ticket", "channel". */
  readonly threadWord: string;
  /** What the API calls a thread's id: "ticketId". Default: `threadId`. */
  readonly threadIdField?: string;
  readonly budgets: Budgets;
  /** `exact`: `find` tells whether a write arrived. `none`: there is no way to look. */
  readonly readBack: 'exact' | 'none';
  /** How long after a request can no longer arrive a look may still miss it. */
  readonly settleMs: number;
  /** After how long a request of ours is given up. */
  readonly requestTimeoutMs: number;
  /** What to try, in order, with a message that was refused. */
  readonly fallbacks: readonly ('plain' | 'missing')[];
  /** How long a destination may fail without one success before it is parked. Default: for ever. */
  readonly patienceMs?: number;
  readonly connectFlow: ConnectFlow;
  readonly settings: readonly Field[];
  readonly operatorSettings: readonly OperatorSetting[];
}

/** How much the system takes. All figures can be lowered or raised by what live answers say. */
export interface Budgets {
  /** Writes in one thread, by all authors together. */
  readonly thread?: { readonly count: number; readonly periodMs: number };
  /**
   * Calls of one account, by limit name. Every call takes a slot of `api`, and of what else it names. A name that ends in a colon
   * stands for many limits of the same rate: `channel:` for `channel:C1`, `channel:C2`, each paced on its own.
   */
  readonly account: Readonly<Record<string, Rate>>;
}

export interface Rate {
  /** One slot in so many milliseconds. */
  readonly intervalMs: number;
  /** How many slots may be taken at once after a pause. */
  readonly burst: number;
}

/** Credentials of an account and when they end. Sealed before they reach PostgreSQL. */
export interface Grant {
  readonly credentials: JsonObject;
  /** In epoch milliseconds; absent when they do not expire. */
  readonly expiresAt?: number;
}

/** The vendor-side account, as the system's own code sees it. */
export interface Account {
  /** The system's name for it: a subdomain, a workspace id. */
  readonly key: string;
  /** What the system wants kept about it. Not secret. */
  readonly data: JsonObject;
  /** What the operator provides for this system. */
  readonly operator: Readonly<Record<string, string>>;
}

/** The way to the account: authorised, paced, timed out, cancelled with the activity, redacted in errors. */
export interface Api extends Account {
  /** Epoch milliseconds. */
  now(): number;
  /**
   * @throws {Unavailable} when the request certainly did not arrive.
   * @throws {OutcomeUnknown} when a writing request may have arrived.
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /**
   * Fetches a file from an address that somebody gave us: guarded, without our credentials, and without a turn of the account.
   * Follows three redirects.
   * @throws {Refused} when it cannot be had, with the reason for people.
   */
  download(url: string, limit: { readonly maxBytes: number; readonly timeoutMs: number }): Promise<Download>;
}

export interface Download {
  readonly bytes: Uint8Array;
  /** As its server says: `image/png`. */
  readonly mediaType: string | undefined;
}

/** The thread that another one was merged into. */
export interface MovedThread {
  readonly remoteId: string;
  /** How people call it: "ticket 4711". */
  readonly label: string;
  /** The remote person it talks to. */
  readonly addressee: string;
  /** Merged into the thread's data. */
  readonly data: JsonObject;
}

/** A thread to read. */
export interface RemoteThread {
  readonly remoteId: string;
  /** What `collect` returned last; only limits reading. */
  readonly cursor: Json;
  readonly data: JsonObject;
  readonly settings: JsonObject;
}

export interface Collected {
  /** What agents chose to send to the app user, oldest first. Our own posts may be among them: they are known by id. */
  readonly items: readonly CollectedReply[];
  /** What was not taken as a reply although an agent sent it, and why. Told once. */
  readonly skipped?: readonly SkippedReply[];
  /** The remote person the thread talks to now; when it is no longer ours, nothing is relayed. */
  readonly addressee?: string;
  readonly cursor: Json;
  readonly state?: 'open' | 'closed';
  /** Times of the writes of others that count against the thread's budget, epoch ms. */
  readonly writes?: readonly number[];
  /** Merged into the thread's data. */
  readonly data?: JsonObject;
  /** Names the thread's state: as long as it is the same, there is nothing new to fetch. */
  readonly version?: string;
}

export interface CollectedReply {
  /** Unique within the account. */
  readonly remoteId: string;
  readonly content: Content;
  readonly author: Author;
}

export interface SkippedReply {
  /** Unique within the account. */
  readonly remoteId: string;
  /** For people: "nothing but a signature". */
  readonly reason: string;
}

export interface Changed {
  readonly threads: readonly { readonly remoteId: string; readonly version?: string }[];
  /** From when to ask next time, epoch ms. */
  readonly until: number;
}
