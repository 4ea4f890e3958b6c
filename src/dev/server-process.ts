import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from './last-lines.ts';
import { endProcess, untilGone } from './process.ts';
import type { Env } from './say.ts';

/** A server that runs on its own: it outlives us if we are killed, and a later start finds it again. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves with the last lines of its log when it ends without having been stopped. */
  readonly exited: Promise<string>;
  /** Ends it in order, by force if it does not obey. Returns when it is gone. */
  stop(): Promise<void>;
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Takes both output streams; the log of the run before is kept as `<logFile>.1`. */
  readonly logFile: string;
  readonly env: Env;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** What ends it, mildest first. */
  readonly signals: readonly NodeJS.Signals[];
  /** Told its number as soon as it exists, long before it answers. */
  readonly onLaunch?: ((pid: number) => void) | undefined;
}

/**
 * Starts a server in a session of its own, so that a Ctrl-C meant for us does not reach it before we stop it in order.
 *
 * @throws when the command cannot be started at all.
 */
export async function launch(server: Launch): Promise<ServerProcess> {
  await mkdir(dirname(server.logFile), { recursive: true });
  await rename(server.logFile, `${server.logFile}.1`).catch(() => undefined);
  const log = openSync(server.logFile, 'a');
  const child = spawn(server.command, server.args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: server.env,
    cwd: '/',
    ...server.user,
  });
  closeSync(log);
  const pid = await pidOf(child);
  server.onLaunch?.(pid);
  child.unref();
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return watched(pid, gone, server);
}

/** Takes over a server that an earlier run of ours left behind. */
export function adopt(pid: number, server: Pick<Launch, 'logFile' | 'signals'>): ServerProcess {
  return watched(pid, untilGone(pid), server);
}

/**
 * Asks until the server answers.
 *
 * @throws with the last lines of its log when it ends before it answers, or does not answer in time; then it is stopped.
 */
export async function untilReady(
  server: ServerProcess,
  ready: {
    readonly name: string;
    readonly logFile: string;
    readonly timeoutMs: number;
    readonly answers: () => Promise<boolean>;
  },
): Promise<void> {
  let ended = false;
  void server.exited.then(() => (ended = true));
  const deadline = Date.now() + ready.timeoutMs;
  while (!ended && Date.now() < deadline) {
    if (await ready.answers()) return;
    await sleep(25);
  }
  if (!ended) await server.stop();
  const what = ended ? 'ended right after its start' : `did not answer within ${ready.timeoutMs / 1_000} s`;
  throw new Error(`${ready.name} ${what}. Its log (${ready.logFile}) ends with:\n${await lastLines(ready.logFile)}`);
}

function watched(pid: number, gone: Promise<void>, { logFile, signals }: Pick<Launch, 'logFile' | 'signals'>): ServerProcess {
  const { promise: exited, resolve } = Promise.withResolvers<string>();
  let hasEnded = false;
  let stopped: Promise<void> | undefined;
  void gone.then(async () => {
    hasEnded = true;
    if (stopped === undefined) resolve(await lastLines(logFile));
  });
  const stop = async (): Promise<void> => {
    // Once it has ended, its number may belong to somebody else.
    if (!hasEnded) await endProcess(pid, signals);
  };
  return { pid, exited, stop: () => (stopped ??= stop()) };
}

function pidOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => (child.pid === undefined ? reject(new Error('no pid')) : resolve(child.pid)));
  });
}
