import type { SlackReading, SlackSession } from './session.ts';

/** A workspace, locked, and where the stand-in is reached: what anything that happens there takes. */
export interface Place {
  readonly session: SlackSession;
  /** Without a slash at the end. */
  readonly url: string;
}

/** The same for looking only. */
export interface View {
  readonly session: SlackReading;
  readonly url: string;
}
