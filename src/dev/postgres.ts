import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ensureCluster } from './postgres-cluster.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { placeOf } from './postgres-place.ts';
import type { Place } from './postgres-place.ts';
import { leftOverPostmaster, removeStalePidFile, servesOn } from './postmaster.ts';
import { adopt, launch, untilReady } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';
import type { Say } from './say.ts';

export interface PostgresOptions {
  /** Where the cluster lies; created on the first start. */
  readonly dataDir: string;
  readonly port: number;
  /** Of the superuser `postgres`. Fixed when the cluster is created. */
  readonly password: string;
  readonly logFile: string;
  readonly say: Say;
  /** Server settings over the usual ones, say `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told the number of a server that is started, long before it answers. */
  readonly onLaunch?: (pid: number) => void;
  /** For root: where what PostgreSQL's user cannot reach is put instead. Default `/var/lib/deskbridge`. */
  readonly shelter?: string;
}

export interface PostgresServer extends ServerProcess {
  readonly port: number;
  /** Whether it is the server that an earlier, killed run left behind. */
  readonly adopted: boolean;
  /** A connection string, password included. */
  url(database: string): string;
  /** Creates the database unless it is there. */
  ensureDatabase(name: string): Promise<void>;
}

/** Fast shutdown (open sessions are cut off), then immediate, then by force: all three lose nothing committed. */
const SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;

/**
 * Starts the real PostgreSQL that comes with the dependencies, on 127.0.0.1 only, or adopts the server that a killed run
 * left on the same directory. Returns when it answers.
 *
 * @throws with what the person can do when the directory, its version or the password does not fit, and with the last
 * lines of the log when the server does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const place = await placeOf(options, await postgresBinaries());
  const adopted = await adoptLeftOver(place, options);
  if (adopted !== undefined) return serverOf(adopted, options, true);
  if (await ensureCluster(place, options.password)) options.say(`created a PostgreSQL cluster in ${options.dataDir}`);
  await removeStalePidFile(place.directory);
  const server = await started(place, options);
  return serverOf(server, options, false);
}

async function adoptLeftOver(place: Place, options: PostgresOptions): Promise<ServerProcess | undefined> {
  const found = await leftOverPostmaster(place.directory);
  if (found === undefined) return undefined;
  const server = adopt(found.pid, { logFile: options.logFile, signals: SIGNALS });
  if (found.port === options.port) {
    try {
      await ready(server, place, options);
      options.say(`adopted the PostgreSQL that an earlier run left behind (process ${found.pid})`);
      return server;
    } catch {
      options.say(`the PostgreSQL that an earlier run left behind does not answer`);
    }
  }
  options.say(`ending the PostgreSQL that an earlier run left behind (process ${found.pid}) to start anew`);
  await server.stop();
  return undefined;
}

/** What PostgreSQL says while the children of a server that was killed have not noticed yet. */
const STILL_HELD = 'pre-existing shared memory block';
const NOTICED_WITHIN_MS = 10_000;

async function started(place: Place, options: PostgresOptions): Promise<ServerProcess> {
  for (const deadline = Date.now() + NOTICED_WITHIN_MS; ; await sleep(100)) {
    const server = await launch({
      command: place.binaries.postgres,
      args: ['-D', place.directory, '-p', String(options.port), ...settingsOf(options)],
      logFile: options.logFile,
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      signals: SIGNALS,
      onLaunch: options.onLaunch,
      ...(place.user === undefined ? {} : { user: place.user }),
    });
    try {
      await ready(server, place, options);
      return server;
    } catch (error) {
      if (!String(error).includes(STILL_HELD) || Date.now() > deadline) throw error;
    }
  }
}

async function ready(server: ServerProcess, place: Place, options: PostgresOptions): Promise<void> {
  const answers = (): Promise<boolean> => isServing(place, options);
  try {
    await untilReady(server, { name: 'PostgreSQL', logFile: options.logFile, timeoutMs: 60_000, answers });
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Whether it is this cluster that answers on the port: it may be somebody else's server, and ours just cannot bind. */
async function isServing(place: Place, options: PostgresOptions): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(options, 'postgres'), connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    return rows[0]?.data_directory === place.directory;
  } catch (error) {
    if (codeOf(error) !== '28P01' || !(await servesOn(place.directory, options.port))) return false;
    throw new Error(
      `The PostgreSQL cluster in ${options.dataDir} was created with another password than the one in secrets.json. ` +
        'Put the old secrets.json back, or delete both to start afresh.',
      { cause: error },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

function serverOf(server: ServerProcess, options: PostgresOptions, adopted: boolean): PostgresServer {
  const url = (database: string): string => urlOf(options, database);
  return { ...server, port: options.port, adopted, url, ensureDatabase: (name) => ensureDatabase(url('postgres'), name) };
}

const DUPLICATE_DATABASE = '42P04';

async function ensureDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } catch (error) {
    if (codeOf(error) !== DUPLICATE_DATABASE) throw error;
  } finally {
    await client.end();
  }
}

function settingsOf({ settings }: PostgresOptions): readonly string[] {
  const usual = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: '200',
  };
  return Object.entries({ ...usual, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function urlOf({ port, password }: PostgresOptions, database: string): string {
  return `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
