import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readFile } from 'node:fs/promises';
import { freePort } from '../../support/free-port.ts';
import { endProcess, isRunning } from '../../../src/dev/process.ts';
import { launch } from '../../../src/dev/server-process.ts';
import { endsWithRun, kill } from './guarded.ts';

/** One process of Deskbridge, as production runs it. */
export interface RoleProcess {
  readonly pid: number;
  /** Where it serves health and metrics. */
  readonly operations: string;
  isRunning(): boolean;
  /** SIGKILL: no instruction of it runs after this. */
  kill(): Promise<void>;
  /** SIGTERM, as when an installation is updated. Resolves when the process is gone. @throws when that takes longer than 10 s. */
  stop(): Promise<void>;
  /** What it has logged, one JSON object a line. */
  log(): Promise<string>;
}

export interface RoleStart {
  readonly role: 'api' | 'worker' | 'migrate';
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
}

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const NODE = fileURLToPath(new URL('../../../src/dev/node', import.meta.url));
let processes = 0;

/** Starts `node src/main.ts <role>` with the Node of the run, and with nothing in its environment but what is given. */
export async function startRole({ role, env, directory }: RoleStart): Promise<RoleProcess> {
  processes += 1;
  const logFile = join(directory, `${role}-${processes}.log`);
  const port = await freePort();
  const server = await launch({
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', MAIN, role],
    logFile,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], METRICS_PORT: String(port), ...env },
    signals: ['SIGKILL'],
  });
  endsWithRun(server.pid);
  return {
    pid: server.pid,
    operations: `http://127.0.0.1:${port}`,
    isRunning: () => isRunning(server.pid),
    kill: () => kill(server.pid),
    stop: () => endProcess(server.pid, ['SIGTERM']),
    log: () => readFile(logFile, 'utf8'),
  };
}

/** Runs `sh src/dev/node src/main.ts …` to its end. @returns what it printed. @throws when it failed, with what it said. */
export async function runAtTerminal(command: readonly string[], env: RoleStart['env']): Promise<string> {
  const around = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env };
  return (await promisify(execFile)('sh', [NODE, MAIN, ...command], { env: around })).stdout;
}

/** A busy machine takes long; one that hangs is told from it by its log. */
const READY_WITHIN_MS = 60_000;

/** Waits until the process has logged that it works. @throws with its log when it ended instead. */
export async function untilLogged(role: RoleProcess, words: string): Promise<void> {
  for (const deadline = Date.now() + READY_WITHIN_MS; ; await sleep(50)) {
    // Asked first: what ends between the two looks has said all.
    const wasRunning = role.isRunning();
    const log = await role.log();
    if (log.includes(words)) return;
    if (!wasRunning || Date.now() > deadline) throw new Error(`a process did not say "${words}". Its log:\n${log}`);
  }
}
