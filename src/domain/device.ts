import type { JsonObject } from './json.ts';

/** What an app user writes on: an app on a phone, or a browser. The wire calls it a client, too. */
export interface Device {
  /** The app's own name for it. */
  readonly id: string;
  /** `web`, `ios`, `android`, … */
  readonly platform: string;
  readonly appVersion?: string;
  /** What it tells of itself, under the names of the Smooch API. Flat. */
  readonly info: JsonObject;
  /** When it was first heard of, in epoch milliseconds. */
  readonly linkedAt: number;
  /** When it was last heard of, in epoch milliseconds. */
  readonly lastSeen: number;
}

/** Of several devices the one that was heard of last. */
export const lastSeenOf = (devices: readonly Device[]): Device | undefined =>
  devices.toSorted((a, b) => b.lastSeen - a.lastSeen || b.linkedAt - a.linkedAt)[0];
