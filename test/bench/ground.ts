import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/free-port.ts';
import { startPostgres } from '../../src/dev/postgres.ts';
import { launch } from '../../src/dev/server-process.ts';
import type { ServerProcess } from '../../src/dev/server-process.ts';
import { findTemporalCli } from '../../src/dev/temporal-cli.ts';
import { startTemporal } from '../../src/dev/temporal-server.ts';
import { startGuardian } from '../support/guardian.ts';

/** The servers that a run measures on: the same for Deskbridge, the bare workflow and the rivals. */
export interface Ground {
  readonly directory: string;
  readonly temporalAddress: string;
  readonly pids: { readonly temporal: number; readonly postgres: number };
  /** A database of its own, by name. */
  database(name: string): Promise<string>;
  /** Starts `node <script> <args>` and waits until its log says that it is ready. */
  start(process: RoleProcess): Promise<ServerProcess & { log(): Promise<string> }>;
  /** Has a process end with us, however we end. */
  readonly watch: (pid: number) => void;
  /** Starts a script that talks to us. */
  fork(script: string, env?: Readonly<Record<string, string>>): ChildProcess;
  close(): Promise<void>;
}

export interface RoleProcess {
  readonly name: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly ready: string;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const quiet = '--disable-warning=ExperimentalWarning';
const UP_WITHIN_MS = 60_000;

/** PostgreSQL as production has it, durable; Temporal's dev server with everything in memory, one partition a queue. */
export async function openGround(say: (what: string) => void): Promise<Ground> {
  const directory = await mkdtemp(join(tmpdir(), 'deskbridge-bench-'));
  await chmod(directory, 0o755);
  const guardian = startGuardian();
  guardian.remove(directory);
  say('starting PostgreSQL and Temporal');
  const common = { say, onLaunch: guardian.watch };
  const postgres = await startPostgres({
    ...common,
    dataDir: join(directory, 'postgres'),
    port: await freePort(),
    password: 'bench',
    logFile: join(directory, 'postgres.log'),
  });
  const temporal = await startTemporal({
    ...common,
    cli: await findTemporalCli({ env: process.env, say }),
    port: await freePort(),
    namespace: 'default',
    logFile: join(directory, 'temporal.log'),
    env: process.env,
  });
  let started = 0;
  const start: Ground['start'] = async (role) => {
    started += 1;
    const logFile = join(directory, `${role.name}-${started}.log`);
    const server = await launch({
      command: process.execPath,
      args: [quiet, ...(role.nodeArgs ?? []), here(role.script), ...(role.args ?? [])],
      logFile,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...role.env },
      signals: ['SIGTERM', 'SIGKILL'],
      onLaunch: guardian.watch,
    });
    const log = (): Promise<string> => readFile(logFile, 'utf8');
    await untilSaid(role, log);
    return { ...server, log };
  };
  return {
    directory,
    temporalAddress: temporal.address,
    pids: { temporal: temporal.pid, postgres: postgres.pid },
    database: async (name) => {
      await postgres.ensureDatabase(name);
      return postgres.url(name);
    },
    start,
    watch: guardian.watch,
    fork: (script, env = {}) => {
      const child = fork(here(script), { execArgv: [quiet], env: { ...process.env, ...env } });
      if (child.pid !== undefined) guardian.watch(child.pid);
      child.once('exit', (code, signal) => {
        if (signal === null) say(`${script} ended by itself [code=${code}]`);
      });
      return child;
    },
    close: () => guardian.dismiss(),
  };
}

async function untilSaid(role: RoleProcess, log: () => Promise<string>): Promise<void> {
  for (const deadline = Date.now() + UP_WITHIN_MS; !(await log()).includes(role.ready); await sleep(50)) {
    if (Date.now() > deadline) throw new Error(`${role.name} did not say "${role.ready}". Its log:\n${await log()}`);
  }
}
