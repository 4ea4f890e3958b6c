import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isFree } from '../../../src/dev/ports.ts';
import { freePort } from '../../support/free-port.ts';
import { run } from './run.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What a fresh clone does not have. */
const NOT_CLONED = new Set(['node_modules', '.git', '.deskbridge', '.env', 'workflow-bundle.js']);

/** A copy of this checkout, as somebody has it who cloned it. */
export async function freshCheckout(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'deskbridge-compose-'));
  await cp(ROOT, directory, { recursive: true, filter: (source) => !NOT_CLONED.has(basename(source)) });
  return directory;
}

export const hasHistory = (): boolean => existsSync(join(ROOT, '.git'));

/**
 * The commit before the one that brought a migration.
 * @throws where this checkout has no history, or not enough.
 */
export async function commitBefore(migration: string): Promise<string> {
  const file = `src/db/migrations/${migration}.ts`;
  const log = ['log', '--diff-filter=A', '--format=%P', '--', file];
  const parent = (await run('git', log, { cwd: ROOT })).trim().split(/\s+/)[0] ?? '';
  if (parent === '') throw new Error(`the history does not tell what was before ${file}; it may be a shallow clone`);
  return parent;
}

/** The tree of a commit. */
export async function checkoutOf(commit: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'deskbridge-compose-'));
  const archive = join(directory, 'tree.tar');
  await run('git', ['archive', '--output', archive, commit], { cwd: ROOT });
  await run('tar', ['-xf', archive, '-C', directory]);
  await rm(archive);
  return directory;
}

/** Makes an .env by the command that the documentation names, and moves the ports out of other people's way. */
export async function makeEnv(
  directory: string,
  options: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<void> {
  await run('sh', ['compose/new-env', ...options], { cwd: directory });
  const ports = {
    API_PORTS: await freeRange(10),
    SANDBOX_PORT: String(await freePort()),
    TEMPORAL_UI_PORT: String(await freePort()),
  };
  const lines = Object.entries({ ...ports, ...more }).map(([name, value]) => `${name}=${value}\n`);
  await appendFile(join(directory, '.env'), lines.join(''));
}

/** A name that no other checkout on this machine has: engines are shared. */
export const ownName = (what: string): string =>
  `deskbridge-${what}-${createHash('sha256').update(ROOT).digest('hex').slice(0, 8)}`;

async function freeRange(size: number): Promise<string> {
  for (let first = 20_000 + size * Math.floor(Math.random() * 500); first < 32_000; first += size) {
    const ports = Array.from({ length: size }, (_, index) => first + index);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return `${first}-${first + size - 1}`;
  }
  throw new Error('no free range of ports');
}
