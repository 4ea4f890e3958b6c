import type { ConnectState } from '../db/connect-states.ts';

/** A connect flow cannot go on. The message is for the person at the browser: what happened, and what to do. */
export class ConnectStopped extends Error {
  override readonly name = 'ConnectStopped';
  /** The page of ours that tells it, where there is one. */
  readonly toldAt: string | undefined;

  constructor(message: string, options: ErrorOptions & { readonly toldAt?: string | undefined } = {}) {
    super(message, options);
    this.toldAt = options.toldAt;
  }
}

/** Why a token of a flow leads nowhere. @returns `undefined` when it is good. */
export function whyOver(found: ConnectState | undefined, now: number): string | undefined {
  if (found === undefined) return 'This address does not belong to anything that was begun here.';
  if (found.used_at !== null) return 'This address was used before; it works once.';
  return found.expires_at <= now ? 'More than ten minutes have passed since you began.' : undefined;
}

/** What follows it. */
export const AGAIN = 'Nothing was changed. Begin again where you started to connect.';
