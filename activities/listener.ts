import type { HookAccount, HookAnswer, Inbound, Outcome } from './inbound.ts';

/** A way in beside the hook address: the system is connected to, and sends over that connection. */
export interface Listener {
  /** Whether the operator wants it: what it needs is provided. */
  isWanted(operator: Readonly<Record<string, string>>): boolean;
  /**
   * Listens until the signal aborts, then takes in nothing new and resolves when what was begun is answered. Called by one process
   * at a time in the whole installation; called again, after a pause, when it throws. The error is for the log: it says why.
   */
  listen(ear: Ear): Promise<void>;
}

/** What a listener is given. */
export interface Ear {
  readonly operator: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Something is not as it should be and is tried again: for the log. */
  warn(message: string): void;
  /** Takes in what arrived, as a request to the hook address is. Resolves when it is safe; what rejects was not stored. */
  take(arrival: Arrival): Promise<HookAnswer>;
}

export interface Arrival {
  /** The system's name for the account it is for. */
  readonly accountKey: string | undefined;
  read(account: HookAccount | undefined): readonly Inbound[];
  answer(inbound: readonly Inbound[], outcome: Outcome): HookAnswer;
}
