import { readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasArgument, isRunning } from './process.ts';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** The server that still runs on a cluster: left over when whoever started it was killed. */
export async function leftOverPostmaster(directory: string): Promise<Postmaster | undefined> {
  const written = await readPidFile(directory);
  if (written === undefined) return undefined;
  return (await runsOn(written.pid, directory)) ? written : undefined;
}

/**
 * Removes a pid file that names a stranger: after a reboot, or in a container, the number of a dead server may belong to
 * somebody else, and PostgreSQL would then refuse to start.
 */
export async function removeStalePidFile(directory: string): Promise<void> {
  const written = await readPidFile(directory);
  if (written !== undefined && !(await runsOn(written.pid, directory))) await rm(pidFile(directory), { force: true });
}

/** Whether our own left-over server is what occupies the port. */
export async function holdsPort(dataDir: string, port: number): Promise<boolean> {
  const directory = await realpath(dataDir).catch(() => undefined);
  return directory !== undefined && (await leftOverPostmaster(directory))?.port === port;
}

/**
 * Whether it is this cluster's server that listens on the port. While another one does, ours cannot, and is about to end.
 * @see https://www.postgresql.org/docs/18/storage-file-layout.html: the eighth line says `ready`.
 */
export async function servesOn(directory: string, port: number): Promise<boolean> {
  const lines = (await readFile(pidFile(directory), 'utf8').catch(() => '')).split('\n');
  return Number(lines[3]) === port && lines[7]?.trim() === 'ready';
}

const pidFile = (directory: string): string => join(directory, 'postmaster.pid');

async function runsOn(pid: number, directory: string): Promise<boolean> {
  return isRunning(pid) && (await hasArgument(pid, directory));
}

/** @see https://www.postgresql.org/docs/18/storage-file-layout.html: pid in the first line, port in the fourth. */
async function readPidFile(directory: string): Promise<Postmaster | undefined> {
  const text = await readFile(pidFile(directory), 'utf8').catch(() => '');
  const [pid, , , port] = text.split('\n').map(Number);
  return pid === undefined || port === undefined || !(pid > 0) ? undefined : { pid, port };
}
