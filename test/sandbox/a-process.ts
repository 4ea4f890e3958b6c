import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const PROGRAM = fileURLToPath(new URL('run-sandbox.ts', import.meta.url));

/** A sandbox in a process of its own, which can be killed. */
export async function aProcess(databaseUrl: string): Promise<{ readonly url: string; kill(): Promise<void> }> {
  const child = spawn(process.execPath, [PROGRAM, databaseUrl], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(await firstLine(child)));
  return {
    url,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface(child.stdout)) return line;
  throw new Error('the sandbox ended before it listened');
}
