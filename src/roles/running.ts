/** A role at work. */
export interface Running {
  /** Rejects when the role failed; resolves when it has stopped. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}
