import type { BusinessSystem } from '../../activities/business-system.ts';
import type { Http } from '../../activities/http.ts';
import type { Clock, Settings } from '../../activities/ports.ts';
import type { Db } from '../db/db.ts';
import type { Log } from '../log.ts';
import type { Vault } from '../secrets.ts';
import type { Temporal } from '../temporal.ts';

/** What connecting needs of the rest of Deskbridge. */
export interface ConnectDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly temporal: Temporal;
  readonly clock: Clock;
  readonly log: Log;
  readonly http: Http;
  readonly systems: readonly BusinessSystem[];
  readonly settings: Settings;
}
