import type { AccountStore } from './account-store.ts';
import type { Crowd } from './crowd.ts';
import type { Http } from './http.ts';
import type { LimitStore } from './limit-store.ts';
import type { RoundStore } from './round-store.ts';
import type { ThreadStore } from './thread-store.ts';

/**
 * What activities need of the rest of Deskbridge. Every method is one step: one transaction or one request. A process may die
 * before or after any of them, and the next attempt continues.
 */
export interface Ports {
  readonly clock: Clock;
  readonly http: Http;
  readonly rounds: RoundStore;
  readonly threads: ThreadStore;
  readonly accounts: AccountStore;
  readonly limits: LimitStore;
  readonly crowd: Crowd;
  readonly settings: Settings;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What is fixed for the whole installation. */
export interface Settings {
  /** Names this installation on vendor accounts that others share. */
  readonly installation: string;
  /** Where vendors and browsers reach the API process. No trailing slash. */
  readonly publicUrl: string;
  /** What the operator provides for a system. */
  operator(system: string): Readonly<Record<string, string>>;
  /** What people call a system: "Zendesk". The name itself, where there is no such system. */
  readonly systemLabel: (system: string) => string;
  /** Where a conversation can be read by whoever has the address. */
  transcriptUrl(conversation: string): string;
  /** Whether summaries may begin with up to 80 characters of what people wrote. */
  readonly preview: boolean;
}
