import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { endProcess } from '../../src/dev/process.ts';
import { startGuardian } from './guardian.ts';

/** Of this test file. */
const guardian = startGuardian();

/** A directory for all tests of a file, gone after them. Everybody may enter: PostgreSQL may run as another user than we do. */
export async function directoryOfFile(): Promise<string> {
  // With a space, as in many a home directory.
  const directory = await mkdtemp(join(tmpdir(), 'deskbridge test '));
  guardian.remove(directory);
  await chmod(directory, 0o755);
  return directory;
}

/** The same for one test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await directoryOfFile();
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Sees to it that a process is gone after the test, however the test ends. By force: stopping in order is for the test. */
export function endsWithTest(pid: number): void {
  guardian.watch(pid);
  onTestFinished(async () => {
    await endProcess(pid, ['SIGQUIT', 'SIGKILL']);
    guardian.forget(pid);
  });
}
