import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../../src/dev/lock.ts';
import { cacheDirectory, findProgram, isProgram } from '../../src/dev/program.ts';
import { runStep } from '../../src/dev/run-step.ts';
import type { Env, Say } from '../../src/dev/say.ts';
import { sdkDownload } from '../../src/dev/sdk-download.ts';

const VERSION = '1.32.1';

type Found = { readonly path: string } | { readonly missing: string };

/**
 * Finds Temporal's test server, in which virtual time passes, or fetches it into the person's cache.
 *
 * In this order: `TEMPORAL_TEST_SERVER_PATH`, the cache, the SDK's official download, its Java edition by Maven. Runs at
 * the same time share one download. Use it as `{ executable: { type: 'existing-path', path } }`.
 *
 * @returns why there is none, where this machine can have none.
 */
export async function findTimeSkippingServer({ env, say }: { readonly env: Env; readonly say: Say }): Promise<Found> {
  const given = env['TEMPORAL_TEST_SERVER_PATH'];
  if (given)
    return (await isProgram(given)) ? { path: given } : { missing: `TEMPORAL_TEST_SERVER_PATH names ${given}, no program` };
  const cached = await inCache(env);
  if (cached !== undefined) return cached;
  const cache = cacheDirectory(env);
  await mkdir(cache, { recursive: true });
  const waiting = (holder: string): void => say(`${holder} fetches the time-skipping server already; waiting for it`);
  return withLock(
    join(cache, 'time-skipping.lock'),
    waiting,
    async () => (await inCache(env)) ?? (await install(cache, { env, say })),
  );
}

async function inCache(env: Env): Promise<Found | undefined> {
  const cache = cacheDirectory(env);
  const names = await readdir(cache).catch(() => []);
  for (const name of names.filter((entry) => /^time-skipping-(sdk|java-)/.test(entry))) {
    const path = join(cache, name, 'server');
    const runs = (await isProgram(path)) && (name.includes('-sdk') || (await findProgram('java', env)) !== undefined);
    if (runs) return { path };
  }
  return undefined;
}

async function install(cache: string, { env, say }: { readonly env: Env; readonly say: Say }): Promise<Found> {
  const directory = join(cache, 'time-skipping.unfinished');
  await rm(directory, { recursive: true, force: true });
  say('no time-skipping server on this machine; downloading the official one (about 30 MB, once)');
  const downloaded = await sdkDownload('time-skipping', { directory, env, say });
  if ('path' in downloaded) {
    await rename(downloaded.path, join(directory, 'server'));
    return keep(directory, join(cache, 'time-skipping-sdk'));
  }
  say(`the download did not work: ${downloaded.failure}`);
  const failure = await mavenInstall(directory, { env, say });
  if (failure === undefined) return keep(directory, join(cache, `time-skipping-java-${VERSION}`));
  await rm(directory, { recursive: true, force: true });
  return { missing: `no time-skipping server [download: ${downloaded.failure}] [Maven: ${failure}]` };
}

async function mavenInstall(
  directory: string,
  { env, say }: { readonly env: Env; readonly say: Say },
): Promise<string | undefined> {
  const maven = await findProgram('mvn', env);
  if (maven === undefined || (await findProgram('java', env)) === undefined) return 'Java and Maven are not both on the PATH';
  say(`fetching the Java edition ${VERSION} with Maven (33 MB, once)`);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'pom.xml'), POM);
  const failure = await runStep({
    doing: 'fetching the time-skipping server',
    command: maven,
    args: ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=lib'],
    env,
    cwd: directory,
    say,
    timeoutMs: 10 * 60_000,
  });
  if (failure !== undefined) return failure;
  await writeFile(join(directory, 'server'), LAUNCHER);
  await chmod(join(directory, 'server'), 0o755);
  return undefined;
}

async function keep(directory: string, kept: string): Promise<Found> {
  await rm(kept, { recursive: true, force: true });
  await rename(directory, kept);
  return { path: join(kept, 'server') };
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId>
  <artifactId>time-skipping-server</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-nop</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`;

// The SDK gives a server 5 s to answer, so the JVM is told to start fast; and it kills the process that it started, so
// no shell may stay between.
const LAUNCHER = `#!/bin/sh
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -cp "$here/lib/*" io.temporal.testserver.TestServer "$@"
`;
