import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { z } from 'zod';
import { createApp } from '../../src/db/apps.ts';
import { openDb } from '../../src/db/db.ts';
import type { Db } from '../../src/db/db.ts';
import { migrateToLatest } from '../../src/db/migrate.ts';
import { freePort } from '../support/free-port.ts';
import type { ServerProcess } from '../../src/dev/server-process.ts';
import { DAY } from '../../src/domain/time.ts';
import { createVault } from '../../src/secrets.ts';
import { basic, createClient } from '../api/support/client.ts';
import type { Client, Reply } from '../api/support/client.ts';
import { openBrowser } from '../connect/support/browser.ts';
import { timedAll } from './figures.ts';
import type { Ground } from './ground.ts';

/** Deskbridge as production runs it: an API process, a worker, and the sandbox's Zendesk whose limits are out of the way. */
export interface Installation {
  readonly db: Db;
  readonly databaseUrl: string;
  readonly apiUrl: string;
  readonly apps: readonly ConnectedApp[];
  readonly taskQueue: string;
  readonly pids: { readonly api: number; readonly sandbox: number };
  startWorker(more?: WorkerOptions): Promise<ServerProcess>;
  /** Opens the connect flow again, as a person does to repair an account. */
  connectAgain(app: ConnectedApp): Promise<void>;
  close(): Promise<void>;
}

export interface WorkerOptions {
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface ConnectedApp {
  readonly appId: string;
  readonly client: Client;
  /** What a person types to connect its account. */
  readonly typed: z.infer<typeof Typed>;
  /** Where its Zendesk is. */
  readonly vendorUrl: string;
}

/** Somebody with a conversation. */
export interface Speaker {
  readonly client: Client;
  readonly userId: string;
  readonly conversation: string;
}

const KEY = Buffer.alloc(32, 7);
export const VAULT = createVault([{ id: 'k1', key: KEY }]);
const Typed = z.object({ subdomain: z.string(), clientId: z.string(), clientSecret: z.string() });
const MANY = 1_000_000;
const LIMITS_OFF = {
  requestsPerMinute: MANY,
  ticketUpdatesPerMinute: MANY,
  ticketUpdateLimit: MANY,
  userWritesPerSecond: MANY,
  userWritesPerUserAndMinute: MANY,
};
/** Nobody answers here. */
const WEBHOOKS_OFF = { webhookDelayMs: DAY };

export interface InstallationOptions {
  readonly name: string;
  readonly accounts: number;
  readonly windowMs: number;
  /** Of the sandbox's Zendesk. Default: all out of the way. */
  readonly limits?: Readonly<Record<string, number>>;
}

/** Starts it, with so many apps, each connected to an account of its own through the real redirects. */
export async function openInstallation(ground: Ground, options: InstallationOptions): Promise<Installation> {
  const { name } = options;
  const databaseUrl = await ground.database(name);
  await migrateToLatest(databaseUrl);
  const sandbox = ground.fork('sandbox-child.ts', { SANDBOX_DATABASE_URL: await ground.database(`${name}_sandbox`) });
  const { url } = z.object({ url: z.string() }).parse(await next(sandbox));
  const port = await freePort();
  const apiUrl = `http://127.0.0.1:${port}`;
  const env = {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: ground.temporalAddress,
    TEMPORAL_TASK_QUEUE: name,
    PORT: String(port),
    PUBLIC_URL: apiUrl,
    DESKBRIDGE_KEYS: `k1:${KEY.toString('base64')}`,
    DESKBRIDGE_ALLOWED_NETWORKS: '127.0.0.0/8',
    DESKBRIDGE_LOG_LEVEL: 'info',
    ZENDESK_URL: `${url}/zendesk/{subdomain}`,
  };
  const main = '../../src/main.ts';
  await ground.start({ name: 'migrate', script: main, args: ['migrate'], env, ready: 'earch attributes' });
  const api = await ground.start({ name: 'api', script: main, args: ['api'], env, ready: 'the API listens' });
  const workers: ServerProcess[] = [];
  const startWorker: Installation['startWorker'] = async (more = {}) => {
    const role = { name: 'worker', script: main, args: ['worker'], ready: 'the worker works' };
    const worker = await ground.start({ ...role, nodeArgs: more.nodeArgs ?? [], env: { ...env, ...more.env } });
    workers.push(worker);
    return worker;
  };
  const db = openDb({ url: databaseUrl, connections: 10 });
  const first = await startWorker();
  const apps: ConnectedApp[] = [];
  for (let index = 0; index < options.accounts; index += 1)
    apps.push(
      await makeApp({ db, apiUrl, sandbox, sandboxUrl: url }, `${name}${index}`, {
        ...LIMITS_OFF,
        ...WEBHOOKS_OFF,
        ...options.limits,
      }),
    );
  await db.updateTable('destinations').set({ window_ms: options.windowMs }).execute();
  await first.stop();
  const close = async (): Promise<void> => {
    for (const worker of workers) await worker.stop();
    await api.stop();
    await db.destroy();
    sandbox.kill('SIGKILL');
  };
  const pids = { api: api.pid, sandbox: sandbox.pid ?? 0 };
  const connectAgain = ({ client, typed }: ConnectedApp): Promise<void> => connect(client, typed);
  return { db, databaseUrl, apiUrl, apps, taskQueue: name, pids, startWorker, connectAgain, close };
}

const next = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`a process ended [code=${code}]`)));
  });

interface Making {
  readonly db: Db;
  readonly apiUrl: string;
  readonly sandbox: ChildProcess;
  readonly sandboxUrl: string;
}

async function makeApp(
  { db, apiUrl, sandbox, sandboxUrl }: Making,
  subdomain: string,
  settings: Readonly<Record<string, number>>,
): Promise<ConnectedApp> {
  const app = await createApp(db, VAULT, subdomain, Date.now());
  const client = createClient(`${apiUrl}/v1.1`, basic(app));
  const answered = next(sandbox);
  sandbox.send({ subdomain, redirectUri: `${apiUrl}/connect/zendesk/return`, settings });
  const typed = Typed.parse(await answered);
  await connect(client, typed);
  return { appId: app.appId, client, typed, vendorUrl: `${sandboxUrl}/zendesk/${subdomain}` };
}

async function connect(client: Client, typed: ConnectedApp['typed']): Promise<void> {
  const created = await client('POST', '/integrations', { type: 'zendesk', ...typed });
  const browser = openBrowser();
  const leaving = await browser.visit(created.at('integration', 'connectUrl'));
  await browser.visit(await browser.decide(leaving.location, 'allow'));
  for (let tries = 0; !(await isConnected(client)); tries += 1) {
    if (tries > 600) throw new Error(`an account was not connected [subdomain=${typed.subdomain}]`);
    await sleep(50);
  }
}

const isConnected = async (client: Client): Promise<boolean> =>
  (await client('GET', '/integrations')).at('integrations', 0, 'status') === 'connected';

/** So many people, spread over the apps. Each has said hello: that is when a conversation begins. */
export async function speakersOf({ apps }: Pick<Installation, 'apps'>, count: number, name: string): Promise<readonly Speaker[]> {
  const speakers: Speaker[] = [];
  await timedAll(
    Array.from({ length: count }, (_, index) => index),
    16,
    async (index) => {
      const app = apps[index % apps.length];
      if (app === undefined) throw new Error('no app');
      speakers[index] = await meet(app, `${name}-${index}`);
    },
  );
  return speakers;
}

async function meet({ client }: ConnectedApp, userId: string): Promise<Speaker> {
  await ok(client('POST', '/appusers', { userId }));
  const said = await say({ client, userId }, 'Hello');
  return { client, userId, conversation: said.at('conversation', '_id') };
}

/** @throws when a request did not succeed. */
async function ok(asked: Promise<Reply>): Promise<Reply> {
  const reply = await asked;
  if (reply.status >= 300) throw new Error(`a request failed [status=${reply.status}]: ${reply.text}`);
  return reply;
}

/** Posts a message over HTTP. @throws when it is not accepted. */
export const say = ({ client, userId }: Pick<Speaker, 'client' | 'userId'>, text: string): Promise<Reply> =>
  ok(client('POST', `/appusers/${userId}/messages`, { role: 'appUser', type: 'text', text }));

/** Waits until everything is delivered, or all of one conversation. */
export async function untilDelivered(
  db: Db,
  { withinMs = 600_000, conversation }: { readonly withinMs?: number; readonly conversation?: string } = {},
): Promise<void> {
  const whose = conversation === undefined ? sql`` : sql`and conversation_id = ${conversation}`;
  for (const deadline = Date.now() + withinMs; ; await sleep(100)) {
    const { rows } = await sql`select 1 from deliveries where state in ('waiting', 'sending') ${whose} limit 1`.execute(db);
    if (rows.length === 0) return;
    if (Date.now() > deadline) throw new Error('not everything was delivered in time');
  }
}
