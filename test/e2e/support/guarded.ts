import { afterAll } from 'vitest';
import { endProcess, isRunning } from '../../../src/dev/process.ts';
import { startGuardian } from '../../support/guardian.ts';

const guardian = startGuardian();
const started = new Set<number>();

/** Sees to it that a process is gone after the tests of this file, however they end. */
export function endsWithFile(pid: number): void {
  guardian.watch(pid);
  started.add(pid);
}

/** Ends a process at once, as an out-of-memory killer does, and returns when it is gone. */
export async function kill(pid: number): Promise<void> {
  await endProcess(pid, ['SIGKILL']);
  started.delete(pid);
  guardian.forget(pid);
}

afterAll(async () => {
  for (const pid of started) if (isRunning(pid)) await kill(pid);
});
