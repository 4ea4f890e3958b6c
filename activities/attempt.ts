/** What an activity's code may know of the attempt it runs in. */
export interface Attempt {
  /** Aborted when the worker stops or the workflow no longer wants the result. */
  readonly signal: AbortSignal;
  /** No further attempt follows: a failure must be written down now. */
  readonly isLast: boolean;
}
