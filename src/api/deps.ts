import type { BusinessSystem } from '../../activities/business-system.ts';
import type { Http } from '../../activities/http.ts';
import type { Clock, Settings } from '../../activities/ports.ts';
import type { AllowedNetworks } from '../../activities/url-guard.ts';
import type { Db } from '../db/db.ts';
import type { Dispatch } from '../dispatch.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../operations/metrics.ts';
import type { Tracing } from '../operations/tracing.ts';
import type { Vault } from '../secrets.ts';
import type { Temporal } from '../temporal.ts';
import type { FailedAttempts } from './failed-attempts.ts';

/** All that the API needs of the rest of Deskbridge. */
export interface ApiDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly dispatch: Dispatch;
  readonly temporal: Temporal;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly http: Http;
  readonly systems: readonly BusinessSystem[];
  readonly settings: Settings;
  /** Private networks that addresses in messages and webhooks may name. */
  readonly allowedNetworks: AllowedNetworks;
  /** Networks, in CIDR notation, whose word is taken for where a request came from (`X-Forwarded-For`). */
  readonly trustedProxies: readonly string[];
}

/** For those who check credentials. */
export interface GuardedDeps extends ApiDeps {
  readonly attempts: FailedAttempts;
}
