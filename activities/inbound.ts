import type { JsonObject } from '../src/domain/json.ts';
import type { Author, Content } from '../src/domain/message.ts';
import type { AppUserProfile } from './batch.ts';

/** A request to a hook address, before anything is believed. */
export interface RawRequest {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/** What a request is verified with. */
export interface Hook {
  /** Absent: the request came to the address that accounts share, and names none of ours. It can only be answered. */
  readonly account: HookAccount | undefined;
  readonly secrets: JsonObject;
  readonly operator: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The account that something came in for, as far as a system may look at it. */
export interface HookAccount {
  readonly key: string;
  readonly data: JsonObject;
}

export interface HookAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Accepted {
  /** Its thread is closed: what it says is shown in another one, as soon as there is one. */
  readonly isElsewhere: boolean;
}

/** What is known of what a request is about, for the words of the answer. */
export interface Outcome {
  /** Whether it is for an account of ours. */
  readonly isConnected: boolean;
  /** That the reply which it brings goes to the app user, as was decided when it was stored. Absent: it does not, or there is none. */
  readonly accepted?: Accepted;
  /** The thread that it asks about. Absent: it asks about none, or one that belongs to no conversation of a connected app. */
  readonly thread?: {
    readonly appName: string;
    readonly conversation: string;
    readonly appUser: AppUserProfile;
  };
}

/**
 * What a request brings.
 *
 * `key` is the event's natural key within the account: what arrives twice under one key counts once.
 */
export type Inbound =
  | {
      /** An agent's whole reply. */
      readonly kind: 'reply';
      readonly key: string;
      readonly thread: string;
      readonly remoteId: string;
      readonly content: Content;
      readonly author: Author;
      /**
       * Typed as a command, of which the thread itself shows nothing, by someone who waits for the answer. So it goes to its own
       * destination, too, to be shown there; where the thread is not known it is not kept, for it is answered so; and after three
       * seconds, when they are told that it failed, it has failed.
       */
      readonly isCommand?: boolean;
    }
  | {
      /** Somebody asks about a thread. Nothing is stored; the answer says what is known. */
      readonly kind: 'question';
      readonly thread: string;
    }
  | {
      /** Something changed: fetch it. Without a thread, anywhere in the account. */
      readonly kind: 'notice';
      readonly key: string;
      readonly thread?: string;
      /** The ids it is about, if it says so; when all are known, there is nothing to fetch. */
      readonly remoteIds?: readonly string[];
    }
  | {
      /** The system says that the grant has ended. Checked before it is believed. */
      readonly kind: 'revoked';
      readonly key: string;
    }
  | {
      /** Nothing for us. */
      readonly kind: 'ignored';
      readonly reason: string;
    };
