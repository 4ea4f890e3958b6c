import { createServer } from 'node:http';
import { createCrowd, PLACES_OF_AN_ACCOUNT } from '../../../activities/crowd.ts';
import { createHttp } from '../../../activities/http.ts';
import type { Ports } from '../../../activities/ports.ts';
import { systemLabel, systems as allSystems } from '../../../activities/systems.ts';
import type { BusinessSystem } from '../../../activities/business-system.ts';
import { createApp as createApiApp } from '../../../src/api/create-app.ts';
import { createConsole } from '../../../src/console/create-console.ts';
import { createAccountKey, createApp } from '../../../src/db/apps.ts';
import type { NewKey } from '../../../src/db/apps.ts';
import { openDb } from '../../../src/db/db.ts';
import type { Db } from '../../../src/db/db.ts';
import { createStores } from '../../../src/db/stores.ts';
import { createDispatch } from '../../../src/dispatch.ts';
import type { Dispatch } from '../../../src/dispatch.ts';
import type { AppId } from '../../../src/domain/ids.ts';
import { transcriptUrl } from '../../../src/transcript-url.ts';
import { createMetrics } from '../../../src/operations/metrics.ts';
import { createVault } from '../../../src/secrets.ts';
import { noTracing } from '../../../src/operations/tracing.ts';
import type { Metrics } from '../../../src/operations/metrics.ts';
import type { Vault } from '../../../src/secrets.ts';
import { end, listen } from '../../support/listen.ts';
import { freshDatabase } from '../../support/database.ts';
import { createTestLog } from './test-log.ts';
import type { TestLog } from './test-log.ts';
import { recordingTemporal } from './recording-temporal.ts';
import type { RecordingTemporal } from './recording-temporal.ts';

type MovableClock = Ports['clock'] & { advance(ms: number): void };

type App = NewKey & { readonly appId: AppId };

/** The API on a port of its own, on a database of its own, with two apps and a clock that the test moves. */
export interface ApiServer {
  readonly url: string;
  readonly databaseUrl: string;
  readonly db: Db;
  readonly vault: Vault;
  readonly dispatch: Dispatch;
  readonly temporal: RecordingTemporal;
  readonly log: TestLog;
  readonly metrics: Metrics;
  readonly clock: MovableClock;
  /** What workers need, to do their work on this database. */
  readonly ports: Ports;
  readonly app: App;
  readonly otherApp: App;
  /** Of account scope. */
  readonly account: NewKey;
  close(): Promise<void>;
}

export interface ApiServerOptions {
  readonly systems?: readonly BusinessSystem[];
  readonly operator?: Readonly<Record<string, string>>;
  /** Default: where the server really is. */
  readonly publicUrl?: string;
  /** Default: one that begins now. */
  readonly clock?: MovableClock;
  /** Where webhooks may lead to, beside the public internet. Default: 10.1.0.0/16. */
  readonly allowedNetworks?: readonly string[];
  /** Default: there is none. */
  readonly sandboxUrl?: string;
  /** Default: this machine. */
  readonly trustedProxies?: readonly string[];
  /** Of another database, for tests in which it is down. */
  readonly databaseUrl?: string;
}

export async function startApi(options: ApiServerOptions = {}): Promise<ApiServer> {
  const database = await freshDatabase();
  const db = openDb({ url: database.url, connections: 8 });
  const vault = createVault([{ id: 'k1', key: new Uint8Array(32).fill(7) }]);
  const temporal = recordingTemporal();
  const log = createTestLog();
  const metrics = createMetrics();
  const clock = options.clock ?? movableClock();
  const allowedNetworks = { ranges: options.allowedNetworks ?? ['10.1.0.0/16'] };
  const http = createHttp({ allowedNetworks });
  const dispatch = createDispatch({ db, temporal, log });
  const served = options.databaseUrl === undefined ? db : openDb({ url: options.databaseUrl, connections: 1 });
  const server = createServer();
  const url = await listen(server);
  const operator = { url: 'https://{subdomain}.zendesk.com', ...options.operator };
  const publicUrl = options.publicUrl ?? url;
  const settings = {
    installation: 'testbridge',
    publicUrl,
    operator: () => operator,
    systemLabel,
    transcriptUrl: (conversation: string) => transcriptUrl(vault, publicUrl, conversation),
    preview: false,
  };
  const networks = { allowedNetworks, trustedProxies: options.trustedProxies ?? ['127.0.0.0/8'] };
  const api = { vault, dispatch, temporal, clock, log, metrics, tracing: noTracing, http, settings, ...networks };
  const deps = { ...api, db: served, systems: options.systems ?? allSystems };
  const ports = { clock, http, settings, crowd: createCrowd(PLACES_OF_AN_ACCOUNT), ...createStores(served, vault) };
  const pages = { sandboxUrl: options.sandboxUrl, workflowsUrl: 'http://temporal.test/namespaces/default/workflows' };
  server.on('request', createApiApp(deps, createConsole({ ...deps, ...pages, ports })));
  const [app, otherApp] = [await createApp(db, vault, 'Demo', clock.now()), await createApp(db, vault, 'Other', clock.now())];
  const account = await createAccountKey(db, vault, 'everything', clock.now());
  const close = async (): Promise<void> => {
    await end(server);
    await dispatch.drain();
    await http.close();
    if (served !== db) await served.destroy();
    await db.destroy();
    await database.drop();
  };
  return {
    url,
    databaseUrl: database.url,
    db,
    vault,
    dispatch,
    temporal,
    log,
    metrics,
    clock,
    ports,
    app,
    otherApp,
    account,
    close,
  };
}

function movableClock(): MovableClock {
  let ahead = 0;
  const began = Date.now();
  const advance = (ms: number): void => void (ahead += ms);
  return { now: () => began + ahead, advance, sleep: (ms: number) => Promise.resolve(advance(ms)) };
}
