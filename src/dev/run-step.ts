import { spawn } from 'node:child_process';
import type { Env, Say } from './say.ts';

export interface Step {
  /** "building the Temporal CLI": shown again and again while it runs. */
  readonly doing: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Env;
  readonly say: Say;
  readonly timeoutMs: number;
  readonly cwd?: string;
  /** How often to say that it still runs. Default 15 s. */
  readonly everyMs?: number;
}

/** Runs a command that may take minutes, showing that it lives. Answers why it failed, or `undefined` when it did not. */
export function runStep(step: Step): Promise<string | undefined> {
  const started = Date.now();
  const child = spawn(step.command, step.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: step.env,
    timeout: step.timeoutMs,
    killSignal: 'SIGKILL',
    ...(step.cwd === undefined ? {} : { cwd: step.cwd }),
  });
  let output = '';
  const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-4_096));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const stillRuns = setInterval(() => step.say(`… ${step.doing}, ${secondsSince(started)} s`), step.everyMs ?? 15_000);
  return new Promise((resolve) => {
    const finish = (failure: string | undefined): void => {
      clearInterval(stillRuns);
      resolve(failure);
    };
    child.once('error', (error) => finish(error.message));
    child.once('close', (code, signal) => {
      if (code === 0) return finish(undefined);
      if (signal === 'SIGKILL') return finish(`gave up after ${secondsSince(started)} s`);
      return finish(lastLineOf(output) ?? `ended with ${signal ?? `status ${code}`}`);
    });
  });
}

const secondsSince = (started: number): number => Math.round((Date.now() - started) / 1_000);

function lastLineOf(output: string): string | undefined {
  return output.trim().split('\n').slice(-2).join(' ').trim() || undefined;
}
