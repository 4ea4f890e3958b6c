import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const POLL_MS = 25;
const GRACE_MS = 10_000;

/** Whether the process still does anything: one that has ended but was not waited for by its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return !isZombie(pid);
}

/**
 * Whether the process was started with exactly this argument: how a pid from a file is told from a stranger that got
 * the same number later.
 */
export async function hasArgument(pid: number, argument: string): Promise<boolean> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').includes(argument);
  } catch {
    return psShows(pid, argument);
  }
}

/** Ends a process: the signals one after the other, each with ten seconds to obey. Returns when it is gone. */
export async function endProcess(pid: number, signals: readonly NodeJS.Signals[]): Promise<void> {
  for (const signal of signals) {
    if (!isRunning(pid)) return;
    signalTo(pid, signal);
    if (await isGoneWithin(pid, GRACE_MS)) return;
  }
  throw new Error(`process ${pid} does not end [signals=${signals.join(', ')}]`);
}

/** Resolves when a process that is not our child has ended. Keeps no process alive that has nothing else to do. */
export async function untilGone(pid: number): Promise<void> {
  while (isRunning(pid)) await sleep(500, undefined, { ref: false });
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

async function isGoneWithin(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isRunning(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in brackets, may contain anything; the state follows the last one.
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

async function psShows(pid: number, argument: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', String(pid)]);
    return ` ${stdout.trim()} `.includes(` ${argument} `);
  } catch {
    return false;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
