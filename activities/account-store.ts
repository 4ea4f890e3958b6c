import type { AccountId, DestinationId } from '../src/domain/ids.ts';
import type { JsonObject } from '../src/domain/json.ts';

/** What is kept of vendor-side accounts and their grants. Every method is one transaction. */
export interface AccountStore {
  find(system: string, key: string): Promise<AccountRow | undefined>;
  grant(account: AccountId): Promise<StoredGrant | undefined>;
  /** Takes the right to rotate a grant, if nobody has it and the version is the one seen. */
  leaseGrant(account: AccountId, version: number, now: number, until: number): Promise<boolean>;
  /** Replaces a grant, if its version is still the one seen. */
  rotateGrant(account: AccountId, version: number, grant: GrantToStore, now: number): Promise<boolean>;
  /** Lets others rotate from then on, after a refresh that failed. */
  releaseGrant(account: AccountId, version: number, from: number): Promise<void>;
  /** Merges what an answer told about the account into its data. */
  learn(account: AccountId, data: JsonObject): Promise<void>;
  /** Keeps what a step of reconciliation returned. */
  keep(account: AccountId, data: JsonObject, secrets: JsonObject): Promise<void>;
  /** Writes progress or a problem to the account's integrations. */
  progress(account: AccountId, progress: { readonly text: string; readonly problem?: string }): Promise<void>;
  /** Keeps how the account differed from what is wanted when it was last looked at. */
  compared(account: AccountId, comparison: Comparison): Promise<void>;
  /**
   * Nothing is left to do: connecting becomes connected, removing becomes removed. With the last integration the grant goes, and
   * what is kept of the account, unless things of ours are left behind there.
   */
  reconciled(account: AccountId, leavesBehind: boolean): Promise<void>;
  polled(account: AccountId, until: number): Promise<void>;
  /** Parks the account's destinations up to the generation that was read with the grant. */
  park(generations: readonly SeenGeneration[], reason: string, now: number): Promise<void>;
}

/** How an account differs from what is wanted, for people. */
export interface Comparison {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The steps that are left, in words. */
  readonly steps: readonly string[];
  /** What people should know that no step can change. */
  readonly notices: readonly string[];
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

export interface AccountRef {
  readonly id: AccountId;
  readonly key: string;
  readonly data: JsonObject;
}
