import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systems } from '../../activities/systems.ts';
import { readConfig } from '../config.ts';
import { welcomeUrl } from '../console/sign-in/welcome-url.ts';
import { createSignInLink } from '../db/console/sign-in-links.ts';
import type { Config } from '../config.ts';
import { newId } from '../db/new-id.ts';
import type { AppId } from '../domain/ids.ts';
import { createLog } from '../log.ts';
import { serveOperations } from '../operations/listener.ts';
import { runApi } from '../roles/api.ts';
import { migrate } from '../roles/migrate.ts';
import type { Running } from '../roles/running.ts';
import { runSandbox } from '../roles/sandbox.ts';
import { runWorker } from '../roles/worker.ts';
import { newToken } from '../secrets.ts';
import { wire } from '../wiring.ts';
import { prepareDemo } from './demo.ts';
import type { DemoApp } from './demo.ts';
import { newPassword, newSealingKey, openHome } from './home.ts';
import type { Home } from './home.ts';
import { greeting } from './greeting.ts';
import type { DevFacts } from './greeting.ts';
import { startPostgres } from './postgres.ts';
import type { PostgresServer } from './postgres.ts';
import { holdsPort } from './postmaster.ts';
import { readableLog } from './readable-log.ts';
import type { Env, Say } from './say.ts';
import { findTemporalCli, givenTemporal } from './temporal-cli.ts';
import { startTemporal, temporalHoldsPort } from './temporal-server.ts';

const HOST = '127.0.0.1';

/**
 * Everything on one machine, for a first look and for development: real PostgreSQL, real Temporal with its Web UI, the API, the
 * worker, the vendors' stand-ins, and a demo app that is connected to them. What it keeps lies in one directory.
 */
export async function runDev({
  env,
  cwd,
  say,
}: {
  readonly env: Env;
  readonly cwd: string;
  readonly say: Say;
}): Promise<Running> {
  const home = await openHome({ env, cwd, say });
  const started: { stop(): Promise<void> }[] = [{ stop: () => Promise.resolve(home.close()) }];
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
    started.unshift(part);
    return part;
  };
  // In the reverse order of starting: nothing is stopped that something running still needs.
  const stop = async (): Promise<void> => {
    say('stopping');
    for (const part of started.splice(0)) await part.stop();
  };
  try {
    return { ...(await start({ home, env, say, keep })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Starting {
  readonly home: Home;
  readonly env: Env;
  readonly say: Say;
  /** Has a part stopped when everything stops. */
  readonly keep: <T extends { stop(): Promise<void> }>(part: T) => T;
}

async function start(starting: Starting): Promise<Pick<Running, 'ended'>> {
  const { home, env, say, keep } = starting;
  const postgres = keep(await startDatabase(home, say));
  const temporal = await findClock(starting);
  const log = createLog(env['DESKBRIDGE_LOG_LEVEL'] ?? 'warn', readableLog());
  const sandboxPort = await home.port('SANDBOX_PORT', numberIn(env, 'SANDBOX_PORT', 3900));
  const sandboxUrl = `http://${HOST}:${sandboxPort}`;
  const config = await configOf(starting, {
    databaseUrl: postgres.url('deskbridge'),
    temporalAddress: temporal.address,
    temporalUiUrl: temporal.uiUrl,
    sandboxUrl,
  });

  say('bringing the database up to date');
  await migrate(config, log);
  const sandbox = keep(
    await runSandbox({ databaseUrl: postgres.url('sandbox'), host: HOST, port: sandboxPort, publicUrl: sandboxUrl }, log),
  );
  const wiring = await wire(config, log);
  keep({ stop: () => wiring.close() });
  const api = keep(await runApi(wiring));
  say('starting the worker');
  const worker = keep(await runWorker(wiring));
  const operations = await serveOperations(wiring, worker.operations);
  if (operations !== undefined) keep(operations);
  const app = await demoApp(home);
  const vendors = Object.values(sandbox.sandbox.vendors);
  await prepareDemo({ wiring, app, vendors, say });
  const facts: DevFacts = {
    api: config.publicUrl,
    console: `${config.publicUrl}/console`,
    consoleLink: welcomeUrl(config.publicUrl, await createSignInLink(wiring.db, undefined, wiring.ports.clock.now())),
    temporalUi: temporal.uiUrl,
    temporalAddress: temporal.address,
    databaseUrl: config.databaseUrl,
    ...app,
    sandbox: await sandbox.sandbox.demo(),
  };
  await writeFile(home.demoFile, `${JSON.stringify(facts, undefined, 2)}\n`, { mode: 0o600 });
  process.stdout.write(greeting(facts, vendors));
  const ended = Promise.race([api.ended, worker.ended, sandbox.ended, failure('PostgreSQL', postgres.exited), temporal.crashed]);
  return { ended };
}

async function startDatabase(home: Home, say: Say): Promise<PostgresServer> {
  const port = await home.port('POSTGRES_PORT', 5433, (taken) => holdsPort(home.postgresDir, taken));
  say('starting PostgreSQL');
  const password = await home.secret('postgresPassword', newPassword);
  const postgres = await startPostgres({
    dataDir: home.postgresDir,
    port,
    password,
    logFile: join(home.logsDir, 'postgres.log'),
    say,
  });
  await postgres.ensureDatabase('deskbridge');
  await postgres.ensureDatabase('sandbox');
  return postgres;
}

interface ClockAt {
  readonly address: string;
  readonly uiUrl: string;
  /** Rejects when the server that we started ends by itself. */
  readonly crashed: Promise<never>;
}

/** The person's own Temporal, if one was named, else the dev server. */
async function findClock({ home, env, say, keep }: Starting): Promise<ClockAt> {
  const given = givenTemporal(env);
  if (given !== undefined) {
    say(`using the Temporal server at ${given}`);
    return { address: given, uiUrl: '', crashed: new Promise(() => undefined) };
  }
  const cli = await findTemporalCli({ env, say });
  const isOurs = (taken: number): Promise<boolean> => temporalHoldsPort(home.temporalFile, taken);
  const port = await home.port('TEMPORAL_PORT', numberIn(env, 'TEMPORAL_PORT', 7233), isOurs);
  const uiPort = await home.port('TEMPORAL_UI_PORT', numberIn(env, 'TEMPORAL_UI_PORT', 8233), isOurs);
  say('starting Temporal');
  const logFile = join(home.logsDir, 'temporal.log');
  const server = keep(
    await startTemporal({ cli, dataFile: home.temporalFile, port, uiPort, namespace: 'default', logFile, env, say }),
  );
  return { address: server.address, uiUrl: server.uiUrl ?? '', crashed: failure('Temporal', server.exited) };
}

/** The demo leads vendors' stand-ins and webhooks to this machine, which production would refuse. */
async function configOf(
  { home, env }: Starting,
  at: {
    readonly databaseUrl: string;
    readonly temporalAddress: string;
    readonly temporalUiUrl: string;
    readonly sandboxUrl: string;
  },
): Promise<Config> {
  const port = await home.port('PORT', numberIn(env, 'PORT', 3000));
  return readConfig(
    {
      DESKBRIDGE_ALLOWED_NETWORKS: '127.0.0.0/8,::1/128',
      DESKBRIDGE_PREVIEW: 'true',
      PUBLIC_URL: `http://${HOST}:${port}`,
      SANDBOX_URL: at.sandboxUrl,
      TEMPORAL_UI_URL: at.temporalUiUrl,
      ...env,
      DATABASE_URL: at.databaseUrl,
      TEMPORAL_ADDRESS: at.temporalAddress,
      DESKBRIDGE_KEYS: await home.secret('sealingKeys', newSealingKey),
      PORT: String(port),
    },
    systems,
  );
}

/** The demo app as it was made at the first start. */
const demoApp = async (home: Home): Promise<DemoApp> => ({
  appId: await home.secret('demoAppId', () => newId<AppId>()),
  keyId: await home.secret('demoKeyId', () => `app_${newId<AppId>()}`),
  secret: await home.secret('demoSecret', newToken),
});

/** @throws naming the variable when it is no port. */
function numberIn(env: Env, name: string, otherwise: number): number {
  const text = env[name] ?? '';
  if (text === '') return otherwise;
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new Error(`${name}: expected a port number, got "${text}"`);
}

async function failure(name: string, exited: Promise<string>): Promise<never> {
  const lines = await exited;
  throw new Error(`${name} ended by itself. The last lines of its log:\n${lines}`);
}
