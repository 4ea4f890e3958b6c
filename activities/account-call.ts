import type { AccountRef } from './account-store.ts';
import type { Attempt } from './attempt.ts';
import type { Budgets, BusinessSystem } from './business-system.ts';
import type { Slot } from './limit-store.ts';
import type { Ports } from './ports.ts';

/** What it takes to call a system with an account's credentials. */
export interface AccountCall {
  readonly ports: Ports;
  readonly system: BusinessSystem;
  readonly account: AccountRef;
  readonly attempt: Attempt;
  /** A slot that was taken for this: its requests are made at once. */
  readonly slot?: Slot;
  /** A slot that was waited for, to be presented at the first request. */
  readonly held?: Slot | undefined;
  /** No request starts after this, in epoch milliseconds. */
  readonly startBy?: number | undefined;
  /** How long a slot of the account is waited for here, rather than coming back for it. */
  readonly patienceMs?: number;
  /** Work on the account itself, of which there is little and one at a time: it goes ahead of conversations that queue up. */
  readonly goesAhead?: boolean;
}

/** What the account takes, as far as is known. */
export const budgetsOf = ({ system, account, ports }: Pick<AccountCall, 'system' | 'account' | 'ports'>): Budgets =>
  system.budgetsOf?.({ key: account.key, data: account.data, operator: ports.settings.operator(system.name) }) ??
  system.facts.budgets;
