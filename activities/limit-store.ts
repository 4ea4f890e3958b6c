import type { Rate } from './business-system.ts';
import type { AccountId } from '../src/domain/ids.ts';

/** A place in an account's queue of calls. */
export interface Slot {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Where it was taken. */
  readonly scopes: readonly string[];
  /** Limits that let the call through much sooner: they count it when it is made. */
  readonly later?: readonly string[];
  /** The account was out of order, or may be: this call finds out. */
  readonly probes: boolean;
  /** The account is left alone until then. */
  readonly isPaused: boolean;
}

export interface TakeSlot {
  readonly account: AccountId;
  readonly scopes: readonly string[];
  readonly rates: Readonly<Record<string, Rate>>;
  readonly now: number;
}

export interface MissedCall {
  readonly account: AccountId;
  readonly scopes: readonly string[];
  /** When the call was made, and when it was given up. */
  readonly began: number;
  readonly now: number;
}

export interface LimitStore {
  /** Takes a slot in each scope, or leaves it for later where another one is far away; the latest counts. */
  take(take: TakeSlot): Promise<Slot>;
  /** Whether a slot that was given out for later may be used: not while the account is left alone. */
  isGood(account: AccountId, scopes: readonly string[]): Promise<boolean>;
  /** Nobody calls before `until`; then one probe at a time until one succeeds. */
  pause(account: AccountId, scope: string, until: number): Promise<void>;
  /** A call was not answered. After a run of these the account is left alone for a while, and then probed. */
  missed(missed: MissedCall): Promise<void>;
  /** A call was answered: the probing ends, and no run of misses goes on. */
  passed(account: AccountId, scopes: readonly string[]): Promise<void>;
}
