import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { endsWithTest } from './ends-with-test.ts';

const Started = z.object({ pid: z.number() });

/** A run of a script in a process group of its own, as a terminal starts it. */
export interface Run {
  /** What the script said first: it prints one line of JSON when it has started its server. */
  readonly serverPid: number;
  /** Sends a signal to its whole group, as a terminal's Ctrl-C does. Returns when the run has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Runs `script` (a URL) with `options`, until it has said what it started. */
export async function startRun(script: URL, options: object): Promise<Run> {
  const child = spawn(process.execPath, [fileURLToPath(script), JSON.stringify(options)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.pid !== undefined) endsWithTest(child.pid);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const { pid } = Started.parse(JSON.parse(await firstLine(child)));
  endsWithTest(pid);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.pid === undefined) throw new Error('the run has not started');
    process.kill(-child.pid, signal);
    await ended;
  };
  return { serverPid: pid, end };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface(child.stdout)) return line;
  throw new Error('the run ended before it had started anything');
}
