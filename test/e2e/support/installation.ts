import { setTimeout as sleep } from 'node:timers/promises';
import { Client as TemporalClient, Connection } from '@temporalio/client';
import { createApp } from '../../../src/db/apps.ts';
import { openDb } from '../../../src/db/db.ts';
import type { Db } from '../../../src/db/db.ts';
import { freePort } from '../../support/free-port.ts';
import { createVault } from '../../../src/secrets.ts';
import type { Vault } from '../../../src/secrets.ts';
import { basic, createClient } from '../../api/support/client.ts';
import type { Client } from '../../api/support/client.ts';
import { openBrowser } from '../../connect/support/browser.ts';
import { emptyDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { directoryOfFile } from '../../support/ends-with-test.ts';
import { startClockServer } from './clock-server.ts';
import type { ClockServer } from './clock-server.ts';
import { openGate } from './gate.ts';
import type { Gate } from './gate.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';
import { runAtTerminal, startRole, untilLogged } from './role.ts';
import type { RoleProcess, RoleStart } from './role.ts';

/** Deskbridge as production runs it: processes of its own, a Temporal server of its own, and the vendors' stand-ins. */
export interface Installation {
  readonly db: Db;
  readonly vault: Vault;
  readonly desk: Desk;
  readonly temporal: ClockServer;
  /** Where Deskbridge reaches the desk: answers can be kept back there. */
  readonly gate: Gate;
  readonly workflows: TemporalClient['workflow'];
  readonly taskQueue: string;
  /** Where the API processes listen. Hooks come to the first. */
  readonly apis: readonly string[];
  /** Those of the API and the workers. */
  readonly processes: readonly RoleProcess[];
  /** Of these, the workers. */
  readonly workers: readonly RoleProcess[];
  startWorker(): Promise<RoleProcess>;
  startApis(): Promise<readonly RoleProcess[]>;
  /** Runs a role that ends by itself, as people do at a terminal. @returns what it printed. */
  run(...command: readonly string[]): Promise<string>;
  /** Runs `migrate`, as after an update. */
  migrate(): Promise<void>;
  readonly backUp: TestDatabase['backUp'];
  /** Makes an app and connects it to a Zendesk account of its own, as a person does. */
  connectApp(subdomain: string, options?: { readonly windowMs?: number }): Promise<ConnectedApp>;
  close(): Promise<void>;
}

/** An app with its Zendesk. */
export interface ConnectedApp {
  readonly subdomain: string;
  /** The app's own clients, one at each API process. */
  readonly clients: readonly [Client, ...Client[]];
  /** The key, as a header. */
  readonly authorization: string;
}

export interface InstallationOptions {
  readonly cli: string;
  readonly apis: number;
  readonly workers: number;
  readonly dynamicConfig?: Readonly<Record<string, string>>;
  /** More of the environment of the API and the workers. */
  readonly env?: Readonly<Record<string, string>>;
}

const KEY = Buffer.alloc(32, 7);

export async function startInstallation({
  cli,
  apis: count,
  workers,
  dynamicConfig,
  env: more = {},
}: InstallationOptions): Promise<Installation> {
  const directory = await directoryOfFile();
  const database = await emptyDatabase();
  const [temporal, desk] = await Promise.all([
    startClockServer({ cli, directory, ...(dynamicConfig === undefined ? {} : { dynamicConfig }) }),
    openDesk(),
  ]);
  const gate = await openGate(desk.url);
  const connection = Connection.lazy({ address: temporal.address });
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const apis = ports.map((port) => `http://127.0.0.1:${port}`);
  const processes: RoleProcess[] = [];
  const taskQueue = 'deskbridge';
  const env = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_TASK_QUEUE: taskQueue,
    PUBLIC_URL: apis[0] ?? '',
    DESKBRIDGE_KEYS: `k1:${KEY.toString('base64')}`,
    DESKBRIDGE_ALLOWED_NETWORKS: '127.0.0.0/8',
    SANDBOX_URL: gate.url,
    ...more,
  };
  const start = async (
    role: RoleStart['role'],
    ready: string,
    own: Readonly<Record<string, string>> = {},
  ): Promise<RoleProcess> => {
    const process = await startRole({ role, directory, env: { ...env, ...own } });
    if (role !== 'migrate') processes.push(process);
    await untilLogged(process, ready);
    return process;
  };
  await start('migrate', 'search attributes were registered');
  const started: RoleProcess[] = [];
  const startWorker = async (): Promise<RoleProcess> => {
    const worker = await start('worker', 'the worker works');
    started.push(worker);
    return worker;
  };
  const startApis = (): Promise<readonly RoleProcess[]> =>
    Promise.all(ports.map((port) => start('api', 'the API listens', { PORT: String(port) })));
  await Promise.all([startApis(), ...Array.from({ length: workers }, startWorker)]);
  const db = openDb({ url: database.url, connections: 8 });
  const close = async (): Promise<void> => {
    for (const process of processes) await process.kill();
    await connection.close();
    await db.destroy();
    await gate.close();
    await desk.close();
    await database.drop();
  };
  return {
    db,
    vault: createVault([{ id: 'k1', key: KEY }]),
    desk,
    temporal,
    gate,
    workflows: new TemporalClient({ connection }).workflow,
    taskQueue,
    apis,
    processes,
    workers: started,
    startWorker,
    startApis,
    run: (...command) => runAtTerminal(command, env),
    migrate: async () => void (await start('migrate', 'search attributes were registered')),
    backUp: () => database.backUp(),
    connectApp: (subdomain, options = {}) => connectApp({ db, desk, apis }, subdomain, options.windowMs),
    close,
  };
}

async function connectApp(
  { db, desk, apis }: Pick<Installation, 'db' | 'desk' | 'apis'>,
  subdomain: string,
  windowMs: number | undefined,
): Promise<ConnectedApp> {
  const app = await createApp(db, createVault([{ id: 'k1', key: KEY }]), subdomain, Date.now());
  const [first, ...others] = apis.map((api) => createClient(`${api}/v1.1`, basic(app)));
  if (first === undefined) throw new Error('an installation without an API');
  const typed = await desk.open(subdomain, `${apis[0] ?? ''}/connect/zendesk/return`);
  const created = await first('POST', '/integrations', { type: 'zendesk', ...typed });
  const browser = openBrowser();
  const leaving = await browser.visit(created.at('integration', 'connectUrl'));
  await browser.visit(await browser.decide(leaving.location, 'allow'));
  await untilConnected(first, created.at('integration', '_id'));
  if (windowMs !== undefined)
    await db.updateTable('destinations').set({ window_ms: windowMs }).where('app_id', '=', app.appId).execute();
  return { subdomain, clients: [first, ...others], authorization: basic(app) };
}

const CONNECTED_WITHIN_MS = 60_000;

async function untilConnected(api: Client, id: string): Promise<void> {
  for (const deadline = Date.now() + CONNECTED_WITHIN_MS; Date.now() < deadline; await sleep(100)) {
    const shown = await api('GET', `/integrations/${id}`);
    if (shown.at('integration', 'status') === 'connected') return;
  }
  throw new Error('the Zendesk was not set up in time');
}
