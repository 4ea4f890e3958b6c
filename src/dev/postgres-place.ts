import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readFile, readlink, realpath, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { copiedBinaries, openDirectory } from './postgres-binaries.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { Say } from './say.ts';

export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** Where and as whom a cluster runs. */
export interface Place {
  /** The cluster's real directory: what the server is started with. */
  readonly directory: string;
  readonly binaries: PostgresBinaries;
  /** Set when we are root: PostgreSQL refuses to run as root. */
  readonly user: User | undefined;
}

/** Where a cluster of root's lies when the one who runs it cannot reach the wanted directory, say below a 0700 home. */
const SHELTER = '/var/lib/deskbridge';

/**
 * Decides where and as whom the cluster runs.
 *
 * For root it runs as its owner, else as `postgres`, else as `nobody`; what that user cannot reach is put where it can:
 * the programs are copied, and `dataDir` becomes a symbolic link.
 */
export async function placeOf(
  cluster: { readonly dataDir: string; readonly shelter?: string | undefined; readonly say: Say },
  binaries: PostgresBinaries,
): Promise<Place> {
  await mkdir(dirname(cluster.dataDir), { recursive: true });
  if (process.getuid?.() !== 0) return { directory: await resolved(cluster.dataDir), binaries, user: undefined };
  const user = await runningUser(cluster.dataDir);
  const shelter = cluster.shelter ?? SHELTER;
  const reachesPrograms = await canEnter(user, dirname(binaries.postgres));
  return {
    directory: await reachableDirectory(cluster.dataDir, { user, shelter, say: cluster.say }),
    binaries: reachesPrograms ? binaries : await copiedBinaries(binaries, shelter),
    user,
  };
}

async function reachableDirectory(
  dataDir: string,
  { user, shelter, say }: { readonly user: User; readonly shelter: string; readonly say: Say },
): Promise<string> {
  const directory = await resolved(dataDir);
  if (await canEnter(user, dirname(directory))) return directory;
  if ((await lstat(dataDir).catch(() => undefined)) !== undefined) {
    throw new Error(
      `${user.name}, as whom PostgreSQL runs because root may not, cannot reach ${directory}. ` +
        `Make every directory above it searchable (chmod o+x), or set DESKBRIDGE_HOME to a directory that is.`,
    );
  }
  const sheltered = join(shelter, `cluster-${randomBytes(6).toString('hex')}`);
  say(`${user.name}, as whom PostgreSQL runs, cannot reach ${dataDir}; its files go to ${sheltered}`);
  await openDirectory(shelter);
  await symlink(sheltered, dataDir);
  return sheltered;
}

/** Where `dataDir` leads, also when nothing is there yet. */
async function resolved(dataDir: string): Promise<string> {
  const entry = await lstat(dataDir).catch(() => undefined);
  const parent = await realpath(dirname(dataDir));
  return entry?.isSymbolicLink() === true ? resolve(parent, await readlink(dataDir)) : join(parent, basename(dataDir));
}

async function runningUser(dataDir: string): Promise<User> {
  const accounts = await readAccounts();
  const owner = (await stat(dataDir).catch(() => undefined))?.uid ?? 0;
  const user =
    accounts.find(({ uid }) => uid === owner && uid !== 0) ??
    accounts.find(({ name }) => name === 'postgres') ??
    accounts.find(({ name }) => name === 'nobody');
  if (user !== undefined) return user;
  throw new Error('PostgreSQL refuses to run as root, and there is no user "postgres" or "nobody". Start as another user.');
}

async function readAccounts(): Promise<readonly User[]> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
  return lines.map((line) => {
    const [name = '', , uid, gid] = line.split(':');
    return { name, uid: Number(uid), gid: Number(gid) };
  });
}

async function canEnter({ uid, gid }: User, directory: string): Promise<boolean> {
  return promisify(execFile)('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], { uid, gid, cwd: '/' }).then(
    () => true,
    () => false,
  );
}
