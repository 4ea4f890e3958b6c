import type { Account, Api } from './business-system.ts';
import type { JsonObject } from '../src/domain/json.ts';

/**
 * The shared things of an account. What is wanted stands in PostgreSQL; `plan` compares it with what is there.
 *
 * One plan serves install, remove, refresh, drift check and repair. One without steps means that all is well.
 */
export interface Resources {
  plan(wanted: Wanted, api: Api): Promise<ResourcePlan>;
  /** Applies one step; applying it twice, or after someone else did, changes nothing more. */
  apply(step: ResourceStep, wanted: Wanted, api: KeepingApi): Promise<Applied>;
  /** What is left for a person to remove, in sentences, when our access ended before we could. Pure. */
  byHand?(wanted: Wanted, account: Account): readonly string[];
}

/** How an account differs from what is wanted. */
export interface ResourcePlan {
  /** First step first. */
  readonly steps: readonly ResourceStep[];
  /** What people should know that no step of ours can change, and what to do about it; one sentence or two each. */
  readonly notices: readonly string[];
}

/** The way to the account for a step that changes what belongs to others. */
export interface KeepingApi extends Api {
  /** Merges into the account's data at once: before a write that is to be undone exactly, also when we die in between. */
  keep(data: JsonObject): Promise<void>;
}

export interface Wanted {
  /** This installation of Deskbridge: marks what is ours on an account that several installations share. */
  readonly installation: string;
  /** Where the system sends its requests for this account. */
  readonly hookUrl: string;
  /** Whether at least one integration wants the resources. */
  readonly present: boolean;
  /** What an earlier step stored as secret. */
  readonly secrets: JsonObject;
}

export interface ResourceStep {
  /** In words: "create webhook", "add condition to trigger 'Notify requester'". */
  readonly summary: string;
  readonly name: string;
  readonly detail: JsonObject;
}

export interface Applied {
  /** Merged into the account's data. */
  readonly data?: JsonObject;
  /** Merged into the account's sealed secrets. */
  readonly secrets?: JsonObject;
}
