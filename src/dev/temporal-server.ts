import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import { isListening } from './ports.ts';
import type { Env, Say } from './say.ts';
import { adopt, launch, untilReady } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';
import { leftOverTemporal, removeRecord, writeRecord } from './temporal-record.ts';

export interface TemporalOptions {
  /** The Temporal CLI, from `findTemporalCli`. */
  readonly cli: string;
  /** Absolute path of the SQLite file. Without one everything is kept in memory and lost with the server. */
  readonly dataFile?: string;
  readonly port: number;
  /** Of the Web UI. Without one there is none. */
  readonly uiPort?: number;
  readonly namespace: string;
  readonly logFile: string;
  readonly env: Env;
  readonly say: Say;
  /** Told the number of a server that is started, long before it answers. */
  readonly onLaunch?: (pid: number) => void;
  /** Server settings over the usual ones, as JSON: `{ 'limit.historyCount.suggestContinueAsNew': '60' }`. */
  readonly dynamicConfig?: Readonly<Record<string, string>>;
}

export interface TemporalServer extends ServerProcess {
  /** Host and port of the gRPC frontend. */
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | undefined;
  /** Whether it is the server that an earlier, killed run left behind. */
  readonly adopted: boolean;
}

/** With nothing on disk there is nothing to put in order, which takes it a second. */
const signalsOf = ({ dataFile }: TemporalOptions): readonly NodeJS.Signals[] =>
  dataFile === undefined ? ['SIGKILL'] : ['SIGINT', 'SIGKILL'];

/** One partition a task queue is enough for one host, and 17 % faster. */
const USUAL_CONFIG = { 'matching.numTaskqueueReadPartitions': '1', 'matching.numTaskqueueWritePartitions': '1' };

/**
 * Starts Temporal's real dev server on 127.0.0.1, or adopts the one that a killed run left on the same data file with
 * the same ports and settings. Returns when its frontend answers for the namespace.
 *
 * @throws when the port is taken, and with the last lines of its log when it does not come up.
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const adopted = await adoptLeftOver(options);
  if (adopted !== undefined) return serverOf(adopted, options, true);
  if (options.dataFile !== undefined) await mkdir(dirname(options.dataFile), { recursive: true });
  if (await isListening(options.port)) throw new Error(`The Temporal server cannot have port ${options.port}: it is taken.`);
  const args = argumentsOf(options);
  const { cli: command, logFile, env, onLaunch } = options;
  const server = await launch({ command, args, logFile, env, signals: signalsOf(options), onLaunch });
  if (options.dataFile !== undefined) {
    await writeRecord(options.dataFile, { pid: server.pid, port: options.port, startedAt: Date.now(), args });
  }
  await ready(server, options);
  return serverOf(server, options, false);
}

/** Whether our own left-over server is what occupies the port, for its API or its Web UI. */
export async function temporalHoldsPort(dataFile: string, port: number): Promise<boolean> {
  return (await leftOverTemporal(dataFile))?.args.includes(String(port)) === true;
}

async function adoptLeftOver(options: TemporalOptions): Promise<ServerProcess | undefined> {
  const { dataFile, logFile, say } = options;
  const found = dataFile === undefined ? undefined : await leftOverTemporal(dataFile);
  if (found === undefined) return undefined;
  const server = adopt(found.pid, { logFile, signals: signalsOf(options) });
  if (found.args.join('\0') === argumentsOf(options).join('\0') && (await isServing(options))) {
    say(`adopted the Temporal server that an earlier run left behind (process ${found.pid})`);
    return server;
  }
  say(`ending the Temporal server that an earlier run left behind (process ${found.pid}) to start anew`);
  await server.stop();
  return undefined;
}

function argumentsOf({ dataFile, port, uiPort, namespace, dynamicConfig }: TemporalOptions): readonly string[] {
  const config = Object.entries({ ...USUAL_CONFIG, ...dynamicConfig });
  const ui = uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)];
  const storage = dataFile === undefined ? [] : ['--db-filename', dataFile, '--sqlite-pragma', 'journal_mode=WAL'];
  const settings = config.flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]);
  const log = ['--log-format', 'pretty', '--log-level', 'warn'];
  const where = ['--ip', '127.0.0.1', '--port', String(port), '--namespace', namespace];
  return ['server', 'start-dev', ...where, ...ui, ...storage, ...log, ...settings];
}

async function ready(server: ServerProcess, options: TemporalOptions): Promise<void> {
  const answers = (): Promise<boolean> => isServing(options);
  try {
    await untilReady(server, { name: 'The Temporal server', logFile: options.logFile, timeoutMs: 60_000, answers });
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function isServing(options: TemporalOptions): Promise<boolean> {
  // A gRPC channel whose first try is refused waits a second before the next one.
  if (!(await isListening(options.port))) return false;
  const connection = Connection.lazy({ address: addressOf(options) });
  try {
    await connection.withDeadline(Date.now() + 2_000, () =>
      connection.workflowService.describeNamespace({ namespace: options.namespace }),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

function serverOf(server: ServerProcess, options: TemporalOptions, adopted: boolean): TemporalServer {
  const { dataFile, namespace, uiPort } = options;
  const stop = async (): Promise<void> => {
    await server.stop();
    if (dataFile !== undefined) await removeRecord(dataFile);
  };
  const uiUrl = uiPort === undefined ? undefined : `http://127.0.0.1:${uiPort}`;
  return { ...server, stop, address: addressOf(options), namespace, uiUrl, adopted };
}

const addressOf = ({ port }: TemporalOptions): string => `127.0.0.1:${port}`;
