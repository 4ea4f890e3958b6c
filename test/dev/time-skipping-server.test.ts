import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/ends-with-test.ts';
import { findTimeSkippingServer } from '../support/time-skipping-server.ts';
import { writeProgram } from '../support/write-program.ts';

/** Passes for Maven: notes nothing, fetches one jar. */
const MAVEN = '/bin/mkdir lib && : > lib/temporal-test-server.jar';

/** A machine with an empty PATH and cache, from which no download gets out. */
async function bareMachine(): Promise<{
  directory: string;
  env: Record<string, string>;
  find: () => ReturnType<typeof findTimeSkippingServer>;
}> {
  const directory = await temporaryDirectory();
  const nowhere = 'http://127.0.0.1:9';
  const env: Record<string, string> = {
    PATH: join(directory, 'bin'),
    XDG_CACHE_HOME: join(directory, 'cache'),
    HTTPS_PROXY: nowhere,
  };
  return { directory, env, find: () => findTimeSkippingServer({ env, say: () => undefined }) };
}

describe('the time-skipping server', () => {
  it('is the one that TEMPORAL_TEST_SERVER_PATH names', async () => {
    const { directory, env, find } = await bareMachine();
    env['TEMPORAL_TEST_SERVER_PATH'] = await writeProgram(join(directory, 'server'), 'exit 0');
    expect(await find()).toEqual({ path: env['TEMPORAL_TEST_SERVER_PATH'] });
  });

  it('is fetched with Maven where it cannot be downloaded, and found in the cache from then on', async () => {
    const { directory, find } = await bareMachine();
    await writeProgram(join(directory, 'bin/java'), 'exit 0');
    await writeProgram(join(directory, 'bin/mvn'), MAVEN);
    const kept = { path: join(directory, 'cache/deskbridge/time-skipping-java-1.32.1/server') };
    expect(await find()).toEqual(kept);
    await writeProgram(join(directory, 'bin/mvn'), 'exit 1');
    expect(await find()).toEqual(kept);
  });

  it('is missed with every reason where there is no way to get it', async () => {
    const { find } = await bareMachine();
    expect(await find()).toEqual({
      missing: expect.stringMatching(/\[download: .+\] \[Maven: Java and Maven are not both on the PATH\]/),
    });
  });
});
