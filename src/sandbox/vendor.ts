import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Router } from 'express';
import type { SandboxClock } from './clock.ts';
import type { SandboxDb } from './tables.ts';

/** What a vendor's stand-in is given. */
export interface VendorDeps {
  readonly db: SandboxDb;
  readonly clock: SandboxClock;
  /** Where the vendor is reached, without a slash at the end: `http://127.0.0.1:3900/zendesk`. */
  readonly url: string;
}

/** A vendor's stand-in, running. Its own tools for tests come on top. */
export interface Vendor {
  /** Its folder, its path and its key in `demo.json`. */
  readonly name: string;
  readonly label: string;
  /** What one does on the page to answer as an agent, for the greeting of `npm start`: "open the ticket, and send an answer". */
  readonly toAnswer: string;
  /** Mounted below `/<name>`. */
  readonly routes: Router;
  /** Takes over a request below `/<name>` that wants to become a WebSocket. Absent: there are none. */
  readonly upgrade?: Upgrade;
  /** Where people and programs find the demo account. `token` is an administrator's. */
  demo(): Promise<Demo>;
  /** How a person who owns the demo account connects it to something else. Absent: there is nothing to do. */
  readonly owner?: Owner;
  /** Ends what runs in the background. What is still to be done is done after the next start. */
  close(): Promise<void>;
}

export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** The person who owns a vendor's demo account. */
export interface Owner {
  /** What to type where the account is connected, once it is known where browsers and events are sent. */
  fields(at: Addresses): Promise<Readonly<Record<string, string>>>;
  /** Opens the page on which access is asked for, allows it, and tells where the browser is sent then. */
  allow(url: string): Promise<string>;
}

/** Where whoever connects an account is reached. */
export interface Addresses {
  /** Where browsers come back to when access was allowed. */
  readonly redirectUri: string;
  /** Where events are sent that are for no account in particular. */
  readonly hookUrl: string;
}

export interface Demo {
  readonly page: string;
  readonly api: string;
  readonly token: string;
}
