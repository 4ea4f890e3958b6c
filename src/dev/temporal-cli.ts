import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './lock.ts';
import { cacheDirectory, findProgram, isProgram, outputOf } from './program.ts';
import { runStep } from './run-step.ts';
import type { Env, Say } from './say.ts';
import { sdkDownload } from './sdk-download.ts';

/** The newest version that `go install` can build: later ones replace a module, which it refuses. */
const GO_VERSION = '1.5.1';
const MODULE = 'github.com/temporalio/cli';

/** The server of the person's own that is to be used instead of one we start: `TEMPORAL_ADDRESS`. */
export function givenTemporal(env: Env): string | undefined {
  return env['TEMPORAL_ADDRESS'] || undefined;
}

/**
 * Finds the Temporal CLI, which carries the dev server, or fetches it into the person's cache, and says how.
 *
 * In this order: `TEMPORAL_CLI_PATH`, the PATH, the cache, the SDK's official download, `go install` of the official
 * module. Runs at the same time share one download or build.
 *
 * @throws with what the person can do when there is none to be had.
 */
export async function findTemporalCli({ env, say }: { readonly env: Env; readonly say: Say }): Promise<string> {
  const given = env['TEMPORAL_CLI_PATH'];
  if (given) return checkGiven(given, env, say);
  const found = (await onPath(env, say)) ?? (await inCache(env));
  if (found !== undefined) {
    say(`Temporal CLI: ${found}`);
    return found;
  }
  const cache = cacheDirectory(env);
  await mkdir(cache, { recursive: true });
  const waiting = (holder: string): void => say(`${holder} fetches the Temporal CLI already; waiting for it`);
  return withLock(
    join(cache, 'temporal.lock'),
    waiting,
    async () => (await inCache(env)) ?? (await install(cache, { env, say })),
  );
}

async function checkGiven(file: string, env: Env, say: Say): Promise<string> {
  const version = await versionOf(file, env);
  if ('failure' in version) throw new Error(`TEMPORAL_CLI_PATH names ${file}, which is no Temporal CLI: ${version.failure}`);
  say(`Temporal CLI: ${file} (from TEMPORAL_CLI_PATH)`);
  return file;
}

async function onPath(env: Env, say: Say): Promise<string | undefined> {
  const file = await findProgram('temporal', env);
  if (file === undefined) return undefined;
  const version = await versionOf(file, env);
  if ('text' in version) return file;
  say(`${file} on the PATH is passed over: ${version.failure}`);
  return undefined;
}

async function inCache(env: Env): Promise<string | undefined> {
  const cache = cacheDirectory(env);
  const versions = (await readdir(cache).catch(() => [])).filter((name) => /^temporal-\d/.test(name));
  const newestFirst = versions.toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  for (const version of newestFirst) {
    const file = join(cache, version, 'temporal');
    if (await isProgram(file)) return file;
  }
  return undefined;
}

async function install(cache: string, { env, say }: { readonly env: Env; readonly say: Say }): Promise<string> {
  const directory = join(cache, 'temporal.unfinished');
  await rm(directory, { recursive: true, force: true });
  say('no Temporal CLI on this machine; downloading the official one (about 60 MB, once)');
  const downloaded = await sdkDownload('temporal', { directory, env, say });
  if ('path' in downloaded) {
    await rename(downloaded.path, join(directory, 'temporal'));
    return keep(directory, cache, { env, say });
  }
  say(`the download did not work: ${downloaded.failure}`);
  const failure = await goInstall(directory, { env, say });
  if (failure === undefined) return keep(directory, cache, { env, say });
  await rm(directory, { recursive: true, force: true });
  throw new Error(
    `There is no Temporal CLI on this machine, and none could be fetched [download: ${downloaded.failure}] [go install: ${failure}]. ` +
      'Install it (https://docs.temporal.io/cli/setup-cli) so that `temporal` is on the PATH, or name it by TEMPORAL_CLI_PATH, ' +
      'or name a running Temporal server by TEMPORAL_ADDRESS.',
  );
}

async function goInstall(directory: string, { env, say }: { readonly env: Env; readonly say: Say }): Promise<string | undefined> {
  const go = await findProgram('go', env);
  if (go === undefined) return 'Go is not on the PATH';
  say(`building the Temporal CLI ${GO_VERSION} from its official Go module (once; 3 to 8 minutes, 3 GB for Go's caches)`);
  await mkdir(directory, { recursive: true });
  return runStep({
    doing: 'building the Temporal CLI',
    command: go,
    args: [
      'install',
      '-ldflags',
      `-s -w -X ${MODULE}/temporalcli.Version=${GO_VERSION}`,
      `${MODULE}/cmd/temporal@v${GO_VERSION}`,
    ],
    env: { ...env, GOBIN: directory, CGO_ENABLED: '0' },
    cwd: directory,
    say,
    timeoutMs: 30 * 60_000,
  });
}

/** Moves a finished CLI to where the next start looks for it. */
async function keep(directory: string, cache: string, { env, say }: { readonly env: Env; readonly say: Say }): Promise<string> {
  const version = await versionOf(join(directory, 'temporal'), env);
  if ('failure' in version) throw new Error(`The Temporal CLI that was fetched does not run here: ${version.failure}`);
  const kept = join(cache, `temporal-${version.text}`);
  await rm(kept, { recursive: true, force: true });
  await rename(directory, kept);
  say(`Temporal CLI: ${join(kept, 'temporal')}`);
  return join(kept, 'temporal');
}

async function versionOf(file: string, env: Env): Promise<{ readonly text: string } | { readonly failure: string }> {
  const output = await outputOf(file, ['--version'], env);
  if ('failure' in output) return output;
  const version = /^temporal version (\d\S*)/.exec(output.text)?.[1];
  return version === undefined
    ? { failure: `it does not say "temporal version" [said=${output.text.slice(0, 80)}]` }
    : { text: version };
}
