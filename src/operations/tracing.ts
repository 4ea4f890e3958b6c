import type { Facts } from '../log.ts';

/** A span that is under way. */
export interface Span {
  /** Says more about it, or calls it by a better name. */
  tell(facts: Facts, name?: string): void;
  failed(): void;
}

export interface SpanStart {
  readonly name: string;
  /** `server`: a request that came in. `client`: one that goes out. `producer`, `consumer`: the two sides of a bell. */
  readonly kind: 'server' | 'client' | 'producer' | 'consumer';
  readonly facts: Facts;
  /** What it belongs to, as a `traceparent`. Default: the span under way. */
  readonly parent?: string | undefined;
}

/** Follows one thing from the request to the vendor's answer, over processes. */
export interface Tracing {
  /** Runs work within a span, which ends with it. */
  within<T>(start: SpanStart, work: (span: Span) => Promise<T>): Promise<T>;
  /** The span under way as a `traceparent`, to be carried along. */
  current(): string | undefined;
  /** Sends what is left. */
  close(): Promise<void>;
}

const silent: Span = { tell: () => undefined, failed: () => undefined };

/** What there is without a place to send traces to. */
export const noTracing: Tracing = {
  within: (_start, work) => work(silent),
  current: () => undefined,
  close: () => Promise.resolve(),
};

/** https://www.w3.org/TR/trace-context/#traceparent-header */
export const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
