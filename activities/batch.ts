import type { LiveLimit } from '../src/domain/pacing.ts';
import type { Device } from '../src/domain/device.ts';
import type { BatchId, ConversationId, EffectId, MessageId } from '../src/domain/ids.ts';
import type { Json, JsonObject } from '../src/domain/json.ts';
import type { Author, Content, MessageRole, Source } from '../src/domain/message.ts';

/** The messages that go to a destination in one go. Frozen once chosen. */
export interface Batch {
  readonly id: BatchId;
  /** `profile` only where the system takes it. Its plan may be empty: what it would tell may be told already. */
  readonly role: MessageRole;
  /** In the order of their sequence numbers; at least one. */
  readonly messages: readonly BatchMessage[];
  /** What agents wrote before the app user's first message; goes along when the thread is opened. */
  readonly prelude: readonly BatchMessage[];
}

export interface BatchMessage {
  readonly id: MessageId;
  readonly seq: number;
  readonly role: MessageRole;
  readonly content: Content;
  readonly author: Author;
  readonly source: Source;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  /** `plain`: text and link only, the full form was refused. `missing`: only a line that says that a message is missing. */
  readonly form: 'full' | 'plain' | 'missing';
}

/** What a plan may look at besides the messages. */
export interface PlanContext {
  readonly app: { readonly id: string; readonly name: string };
  readonly conversation: ConversationId;
  readonly appUser: AppUserProfile;
  /** The app user's record in the system, once we made or found it. */
  readonly person: { readonly remoteId: string; readonly profileHash: string } | undefined;
  /** The record that the app user had, where the system no longer takes it. */
  readonly formerPerson: string | undefined;
  /** The thread to write to. Absent: open one. */
  readonly thread: PlanThread | undefined;
  /** The thread that came before, when there is no open one: follow it up where the system can. */
  readonly previous: PlanThread | undefined;
  readonly account: { readonly key: string; readonly data: JsonObject };
  readonly settings: JsonObject;
  readonly operator: Readonly<Record<string, string>>;
  /** What people call the system that a message came from; `source.type` is its name. */
  readonly systemLabel: (system: string) => string;
  /** Where to read what was said before this thread began, if anything was. */
  readonly transcriptUrl: string | undefined;
  /** Keys of effects of this batch that are written: leave them out. */
  readonly done: ReadonlySet<string>;
  /** 26 random characters a-z, 2-7, fixed for this batch: for names that must not be guessed. */
  readonly nonce: string;
  readonly installation: string;
}

export interface PlanThread {
  readonly remoteId: string;
  readonly state: 'open' | 'closed' | 'gone' | 'diverted';
  readonly data: JsonObject;
}

export interface AppUserProfile {
  readonly id: string;
  readonly userId: string | undefined;
  readonly givenName: string | undefined;
  readonly surname: string | undefined;
  readonly email: string | undefined;
  readonly avatarUrl: string | undefined;
  readonly properties: JsonObject;
  /** ISO 8601. */
  readonly signedUpAt: string | undefined;
  readonly conversationStarted: boolean;
  /** What they write on, the one that was heard of first in front. What all but its `lastSeen` says changes seldom. */
  readonly devices: readonly Device[];
}

/** One remote write, as planned. */
export interface PlannedEffect {
  /** Names the write within its batch, the same each time the batch is planned. */
  readonly key: string;
  /** What it is, in the system's words: "create ticket". Shown to people. */
  readonly summary: string;
  /** The messages whose content it carries. Empty for a write that only prepares: a person, a channel. */
  readonly seqs: readonly number[];
  /** The messages that it prepares a part of, such as a file: these take a plainer form where it is refused. */
  readonly serves?: readonly number[];
  /** What its result is kept as. */
  readonly makes?: 'person' | 'thread';
  /** Limits of the account that the call takes a slot of, besides `api`. */
  readonly scopes?: readonly string[];
  /** The receiver keeps what it has seen: an unknown outcome is simply repeated with the same bytes. */
  readonly repeatable?: boolean;
  /** For so long its result can be used by others; later it is made again. Default: for ever. */
  readonly freshForMs?: number;
  /**
   * The request, for `perform`. `{ "$ref": "<key>", "field": "person" | "thread" | "token" }` anywhere in it stands for what an
   * earlier effect of the batch returned, and is replaced before the bytes are stored.
   */
  readonly write: JsonObject;
}

/** A planned write with its final bytes. */
export interface Effect {
  readonly id: EffectId;
  readonly key: string;
  readonly summary: string;
  readonly makes: 'person' | 'thread' | undefined;
  readonly write: JsonObject;
  /** When these bytes were first sent, epoch ms. */
  readonly firstSentAt: number;
}

/** What the system calls the result of a write. */
export interface RemoteRef {
  /** The ids under which the result can come back to us: a comment's, a post's. Unique within the account. */
  readonly ids: readonly string[];
  /** For later effects of the batch, which refer to the result by it. Not an id that anybody meets. */
  readonly token?: string;
  /** For `makes: 'thread'`: the thread's id. */
  readonly thread?: string;
  /** For `makes: 'person'`: the person's id. */
  readonly person?: string;
  /** For `makes: 'person'`: names the profile that was written. */
  readonly profileHash?: string;
  /** How people call the thread: "ticket 4711". It stands in histories, so no words of people are in it. */
  readonly label?: string;
  /** Merged into the thread's data. */
  readonly data?: JsonObject;
  /** Nobody can tell whether it arrived once or twice, or at all: the system has no way to look. */
  readonly uncertain?: boolean;
  /** What the answer said about the thread's budget. */
  readonly budget?: LiveLimit;
}

/** A reference to what an earlier effect returned, as it stands in `write`. */
export interface RefPlaceholder extends JsonObject {
  readonly $ref: string;
  readonly field: 'person' | 'thread' | 'token';
}

export const refTo = (key: string, field: RefPlaceholder['field']): RefPlaceholder => ({ $ref: key, field });

/** The keys of the effects that a write refers to. */
export function refsIn(value: Json | undefined): readonly string[] {
  if (value === null || typeof value !== 'object') return [];
  if (isList(value)) return value.flatMap(refsIn);
  return typeof value['$ref'] === 'string' ? [value['$ref']] : Object.values(value).flatMap(refsIn);
}

/** Replaces the placeholders in a write by what earlier effects returned. */
export function resolveRefs(write: JsonObject, refs: ReadonlyMap<string, RemoteRef>): JsonObject {
  const resolve = (value: Json | undefined): Json | undefined => {
    if (value === null || typeof value !== 'object') return value;
    if (isList(value)) return value.map((item) => resolve(item) ?? null);
    if (typeof value['$ref'] === 'string') return lookUp(refs, value['$ref'], value['field']);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolve(inner)]));
  };
  return Object.fromEntries(Object.entries(write).map(([name, value]) => [name, resolve(value)]));
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function lookUp(refs: ReadonlyMap<string, RemoteRef>, key: string, field: Json | undefined): string {
  const ref = refs.get(key);
  const found = field === 'person' ? ref?.person : field === 'thread' ? ref?.thread : ref?.token;
  if (found === undefined)
    throw new Error(`plan: an effect refers to what "${key}" did not return [field=${JSON.stringify(field)}]`);
  return found;
}
