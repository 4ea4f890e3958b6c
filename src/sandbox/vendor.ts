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
  /** Mounted below `/<name>`. */
  readonly routes: Router;
  /** Where people and programs find the demo account. `token` is an administrator's. */
  demo(): Promise<Demo>;
  /** Ends what runs in the background. What is still to be done is done after the next start. */
  close(): Promise<void>;
}

export interface Demo {
  readonly page: string;
  readonly api: string;
  readonly token: string;
}
