import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory for one test, gone after it. Everybody may enter: PostgreSQL may run as another user than we do. */
export async function temporaryDirectory(): Promise<string> {
  // With a space, as in many a home directory.
  const directory = await mkdtemp(join(tmpdir(), 'deskbridge test '));
  await chmod(directory, 0o755);
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
