import { createCrowd, PLACES_OF_AN_ACCOUNT } from '../activities/crowd.ts';
import { createHttp } from '../activities/http.ts';
import type { Ports } from '../activities/ports.ts';
import { systemLabel } from '../activities/systems.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { openDb } from './db/db.ts';
import type { Db } from './db/db.ts';
import { installationId } from './db/installation.ts';
import { createStores } from './db/stores.ts';
import { createDispatch } from './dispatch.ts';
import type { Dispatch } from './dispatch.ts';
import type { Log } from './log.ts';
import { createMetrics } from './operations/metrics.ts';
import type { Metrics } from './operations/metrics.ts';
import { observeStores } from './operations/observe-stores.ts';
import { observeTemporal } from './operations/observe-temporal.ts';
import { observeVendorCalls } from './operations/observe-vendor-calls.ts';
import { noTracing } from './operations/tracing.ts';
import type { Tracing } from './operations/tracing.ts';
import { createVault } from './secrets.ts';
import type { Vault } from './secrets.ts';
import { connectTemporal } from './temporal.ts';
import type { Temporal } from './temporal.ts';
import { transcriptUrl } from './transcript-url.ts';

/** What the API and the worker share, wired for one process. */
export interface Wiring {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly db: Db;
  readonly vault: Vault;
  readonly temporal: Temporal;
  readonly dispatch: Dispatch;
  readonly ports: Ports;
  close(): Promise<void>;
}

/** Opens the database, which must be there and migrated; Temporal may come later. */
export async function wire(config: Config, log: Log): Promise<Wiring> {
  const onError = (error: Error): void =>
    log.warn({ err: error }, 'a database connection was lost; the next query opens another');
  const db = openDb({ url: config.databaseUrl, connections: config.databaseConnections, onError });
  const vault = createVault(config.keys);
  const metrics = createMetrics();
  const tracing = await createTracing(config);
  const temporal = observeTemporal(connectTemporal(config.temporal), { metrics, tracing });
  const http = createHttp({ allowedNetworks: { ranges: config.allowedNetworks } });
  const dispatch = createDispatch({ db, temporal, log });
  const installation = await installationId(db);
  const stores = createStores(db, vault);
  const ports: Ports = {
    clock: systemClock,
    http: observeVendorCalls(http, { log, metrics, tracing }),
    ...stores,
    ...observeStores(stores),
    crowd: createCrowd(PLACES_OF_AN_ACCOUNT),
    settings: {
      installation,
      publicUrl: config.publicUrl,
      operator: (system) => config.operator[system] ?? {},
      systemLabel,
      transcriptUrl: (conversation) => transcriptUrl(vault, config.publicUrl, conversation),
      preview: config.preview,
    },
  };
  const close = async (): Promise<void> => {
    await dispatch.drain();
    await Promise.all([http.close(), temporal.close()]);
    await Promise.all([db.destroy(), tracing.close()]);
  };
  return { config, log, metrics, tracing, db, vault, temporal, dispatch, ports, close };
}

/** What sends traces is loaded only where there is a place to send them to. */
const createTracing = async ({ traces }: Config): Promise<Tracing> =>
  traces === undefined ? noTracing : (await import('./operations/otlp.ts')).createTracing(traces.ratio);
