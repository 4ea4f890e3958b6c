import type { JsonObject } from '../src/domain/json.ts';
import type { Author, Content } from '../src/domain/message.ts';

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
  readonly account: { readonly key: string; readonly data: JsonObject };
  readonly secrets: JsonObject;
  readonly operator: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface HookAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
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
