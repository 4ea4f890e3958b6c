/** A role at work. */
export interface Running {
  /** Rejects when the role failed; resolves when it has stopped. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** A role that operators look at. */
export interface Operated extends Running {
  readonly operations: {
    /** Whether it is of no use while Temporal is away. */
    readonly needsTemporal: boolean;
    /** More metrics, in Prometheus' text format. */
    readonly moreMetrics?: () => Promise<string>;
  };
}
