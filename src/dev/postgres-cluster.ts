import { execFile } from 'node:child_process';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Place } from './postgres-place.ts';

/**
 * Makes sure that there is a cluster which these programs can run.
 *
 * @throws when the directory holds a cluster of another major version, or something else.
 * @returns whether it was created just now.
 */
export async function ensureCluster(place: Place, password: string): Promise<boolean> {
  const entries = await readdir(place.directory).catch(() => []);
  if (entries.length > 0) {
    await refuseOther(place, entries);
    return false;
  }
  // Made beside and renamed, so that being killed in the middle leaves no half a cluster.
  const unfinished = `${place.directory}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  if (place.user !== undefined) await chown(unfinished, place.user.uid, place.user.gid);
  await withPasswordFile(place, password, (file) => initdb(place, unfinished, file));
  await rename(unfinished, place.directory);
  return true;
}

async function refuseOther({ directory, binaries }: Place, entries: readonly string[]): Promise<void> {
  if (!entries.includes('PG_VERSION')) {
    throw new Error(`${directory} is not empty and holds no PostgreSQL cluster. Move it away or choose another DESKBRIDGE_HOME.`);
  }
  const major = (await readFile(join(directory, 'PG_VERSION'), 'utf8')).trim();
  const ours = binaries.version.split('.')[0];
  if (major === ours) return;
  throw new Error(
    `${directory} holds a cluster of PostgreSQL ${major}, and the PostgreSQL here is ${binaries.version}. Go back to the version of ` +
      `Deskbridge that made it and dump the databases (pg_dump ${major}), or start afresh with another DESKBRIDGE_HOME.`,
  );
}

async function withPasswordFile(place: Place, password: string, use: (file: string) => Promise<void>): Promise<void> {
  const file = `${place.directory}.password`;
  await rm(file, { force: true });
  try {
    await writeFile(file, `${password}\n`, { mode: 0o600, flag: 'wx' });
    if (place.user !== undefined) await chown(file, place.user.uid, place.user.gid);
    await use(file);
  } finally {
    await rm(file, { force: true });
  }
}

async function initdb({ binaries, user }: Place, directory: string, passwordFile: string): Promise<void> {
  // The built-in locale sorts alike on every machine and needs none installed.
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const args = [`--pgdata=${directory}`, ...access, ...locale, '--no-sync', '--no-instructions'];
  await promisify(execFile)(binaries.initdb, args, { ...user, cwd: '/', env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' } }).catch(
    (cause: unknown) => {
      throw new Error(`initdb could not create a cluster in ${directory}: ${outputOf(cause)}`, { cause });
    },
  );
}

function outputOf(error: unknown): string {
  return error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
}
