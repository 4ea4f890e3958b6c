import { endProcess } from '../../../src/dev/process.ts';
import { startGuardian } from '../../support/guardian.ts';

const guardian = startGuardian();

/** Sees to it that a process is gone when the run of the tests ends, however it ends. */
export const endsWithRun = (pid: number): void => guardian.watch(pid);

/** Ends a process at once, as an out-of-memory killer does, and returns when it is gone. */
export async function kill(pid: number): Promise<void> {
  await endProcess(pid, ['SIGKILL']);
  guardian.forget(pid);
}
