import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTemporalCli, givenTemporal } from '../../src/dev/temporal-cli.ts';
import { temporaryDirectory } from '../support/ends-with-test.ts';
import { writeProgram } from '../support/write-program.ts';

const cli = (version: string): string => `echo "temporal version ${version} (Server 1.0.0, UI 1.0.0)"`;

/** Passes for Go: notes each build, takes a moment, and "builds" a CLI into GOBIN. */
const go = (log: string): string => `echo "$*" >> '${log}'
/bin/sleep 0.3
printf '#!/bin/sh\\n%s\\n' '${cli('1.5.1')}' > "$GOBIN/temporal"
/bin/chmod +x "$GOBIN/temporal"`;

/** A machine with an empty PATH and cache, from which no download gets out. */
async function bareMachine(): Promise<{
  directory: string;
  env: Record<string, string>;
  said: string[];
  find: () => Promise<string>;
}> {
  const directory = await temporaryDirectory();
  const said: string[] = [];
  const nowhere = 'http://127.0.0.1:9';
  const env: Record<string, string> = {
    PATH: join(directory, 'bin'),
    XDG_CACHE_HOME: join(directory, 'cache'),
    HTTPS_PROXY: nowhere,
  };
  return { directory, env, said, find: () => findTemporalCli({ env, say: (line) => void said.push(line) }) };
}

describe('the Temporal CLI', () => {
  it('is the one that TEMPORAL_CLI_PATH names, before one on the PATH', async () => {
    const { directory, env, find } = await bareMachine();
    await writeProgram(join(directory, 'bin/temporal'), cli('1.9.0'));
    env['TEMPORAL_CLI_PATH'] = await writeProgram(join(directory, 'mine/temporal'), cli('1.2.3'));
    expect(await find()).toBe(env['TEMPORAL_CLI_PATH']);
  });

  it('must run when TEMPORAL_CLI_PATH names it: nothing else is taken instead', async () => {
    const { directory, env, find } = await bareMachine();
    await writeProgram(join(directory, 'bin/temporal'), cli('1.9.0'));
    env['TEMPORAL_CLI_PATH'] = join(directory, 'missing');
    await expect(find()).rejects.toThrow(`TEMPORAL_CLI_PATH names ${directory}/missing, which is no Temporal CLI`);
  });

  it('is the one on the PATH, before the cached one', async () => {
    const { directory, find } = await bareMachine();
    await writeProgram(join(directory, 'cache/deskbridge/temporal-1.9.0/temporal'), cli('1.9.0'));
    const onPath = await writeProgram(join(directory, 'bin/temporal'), cli('1.5.1'));
    expect(await find()).toBe(onPath);
  });

  it('is not another program of that name', async () => {
    const { directory, find, said } = await bareMachine();
    const cached = await writeProgram(join(directory, 'cache/deskbridge/temporal-1.9.0/temporal'), cli('1.9.0'));
    await writeProgram(join(directory, 'bin/temporal'), 'echo "Temporal difference learning 0.1"');
    expect(await find()).toBe(cached);
    expect(said[0]).toContain('bin/temporal on the PATH is passed over');
  });

  it('is the newest in the cache', async () => {
    const { directory, find } = await bareMachine();
    const versions = ['1.9.0', '1.10.0', '1.5.1'].map(
      (version) => [version, `cache/deskbridge/temporal-${version}/temporal`] as const,
    );
    for (const [version, file] of versions) await writeProgram(join(directory, file), cli(version));
    expect(await find()).toBe(join(directory, 'cache/deskbridge/temporal-1.10.0/temporal'));
  });

  it('is built with Go where it cannot be downloaded, once for all who ask at that time', async () => {
    const { directory, find, said } = await bareMachine();
    const log = join(directory, 'builds');
    await writeProgram(join(directory, 'bin/go'), go(log));
    const kept = join(directory, 'cache/deskbridge/temporal-1.5.1/temporal');
    expect(await Promise.all([find(), find()])).toEqual([kept, kept]);
    expect(await readFile(log, 'utf8')).toMatch(/^install .* github\.com\/temporalio\/cli\/cmd\/temporal@v1\.5\.1\n$/);
    expect(said.join('\n')).toMatch(/downloading[^]*the download did not work[^]*building the Temporal CLI/);
    expect(said).toContain(`process ${process.pid} fetches the Temporal CLI already; waiting for it`);
    expect(await find()).toBe(kept);
  });

  it('is asked of the person, with every reason, where there is no way to get it', async () => {
    const { directory, find } = await bareMachine();
    await writeProgram(join(directory, 'bin/go'), 'echo "go: module lookup disabled" >&2; exit 1');
    await expect(find()).rejects.toThrow(
      /\[download: .+\] \[go install: go: module lookup disabled\]\. Install it .* TEMPORAL_CLI_PATH, .* TEMPORAL_ADDRESS/,
    );
  });

  it('is not needed where TEMPORAL_ADDRESS names a server', () => {
    expect(givenTemporal({ TEMPORAL_ADDRESS: 'temporal:7233' })).toBe('temporal:7233');
    expect(givenTemporal({ TEMPORAL_ADDRESS: '' })).toBeUndefined();
  });
});
