import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newPassword, newSealingKey, openHome } from '../../src/dev/home.ts';
import type { Home } from '../../src/dev/home.ts';
import { freePort } from '../support/free-port.ts';
import { startRun } from '../support/killed-run.ts';
import { occupyPort } from '../support/occupy-port.ts';
import { temporaryDirectory } from '../support/ends-with-test.ts';

async function open(cwd: string, options: { readonly home?: string; readonly said?: string[] } = {}): Promise<Home> {
  const home = await openHome({ env: { DESKBRIDGE_HOME: options.home }, cwd, say: (line) => void options.said?.push(line) });
  onTestFinished(() => home.close());
  return home;
}

describe('the data directory', () => {
  it('is .deskbridge in the checkout, or where DESKBRIDGE_HOME says', async () => {
    const cwd = await temporaryDirectory();
    expect((await open(cwd)).directory).toBe(join(cwd, '.deskbridge'));
    expect((await open(cwd, { home: 'elsewhere' })).directory).toBe(join(cwd, 'elsewhere'));
    expect((await open(cwd, { home: join(cwd, 'absolute') })).directory).toBe(join(cwd, 'absolute'));
  });

  it('serves one at a time, and tells the second who the first is', async () => {
    const cwd = await temporaryDirectory();
    const first = await open(cwd);
    await expect(open(cwd)).rejects.toThrow(`process ${process.pid} runs Deskbridge on ${first.directory} already`);
    first.close();
    expect((await open(cwd)).directory).toBe(first.directory);
  });

  it('is free again as soon as the one that used it was killed', async () => {
    const cwd = await temporaryDirectory();
    const run = await startRun(new URL('run-home.ts', import.meta.url), { cwd });
    await expect(open(cwd)).rejects.toThrow('already');
    await run.end('SIGKILL');
    expect((await open(cwd)).directory).toBe(join(cwd, '.deskbridge'));
  });
});

describe('a secret', () => {
  it('is made once, and kept for its owner alone', async () => {
    const cwd = await temporaryDirectory();
    const first = await open(cwd);
    const password = await first.secret('postgres', newPassword);
    first.close();
    const second = await open(cwd);
    expect(await second.secret('postgres', newPassword)).toBe(password);
    expect((await stat(join(second.directory, 'secrets.json'))).mode & 0o777).toBe(0o600);
  });

  it('is lost neither by others made at the same time nor without a word', async () => {
    const home = await open(await temporaryDirectory());
    const names = ['one', 'two', 'three'];
    const made = await Promise.all(names.map((name) => home.secret(name, newPassword)));
    expect(await Promise.all(names.map((name) => home.secret(name, newPassword)))).toEqual(made);

    await writeFile(join(home.directory, 'secrets.json'), '{"one": ');
    await expect(home.secret('one', newPassword)).rejects.toThrow('secrets.json is damaged');
  });

  it('may be a key to seal with: an id and 32 bytes', () => {
    const [id = '', key = ''] = newSealingKey().split(':');
    expect(id).toMatch(/^k[0-9a-f]{8}$/);
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
  });
});

describe('a port', () => {
  it('is the wanted one', async () => {
    const said: string[] = [];
    const home = await open(await temporaryDirectory(), { said });
    const wanted = await freePort();
    expect(await home.port('PORT', wanted)).toBe(wanted);
    expect(said).toEqual([]);
  });

  it('is the next free one when it is taken, which is said and remembered', async () => {
    const cwd = await temporaryDirectory();
    const said: string[] = [];
    const taken = await occupyPort();
    const first = await open(cwd, { said });
    const chosen = await first.port('PORT', taken);
    expect(chosen).toBeGreaterThan(taken);
    expect(said).toEqual([`port ${taken} (PORT) is taken; using ${chosen}`]);
    first.close();
    const second = await open(cwd, { said });
    expect(await second.port('PORT', taken)).toBe(chosen);
    expect(said).toHaveLength(1);
  });

  it('is chosen anew when the person wants another', async () => {
    const home = await open(await temporaryDirectory());
    await home.port('PORT', await freePort());
    const other = await freePort();
    expect(await home.port('PORT', other)).toBe(other);
  });

  it('counts as free where our own left-over server has it', async () => {
    const home = await open(await temporaryDirectory());
    const ours = await occupyPort();
    expect(await home.port('POSTGRES_PORT', ours, async (port) => port === ours)).toBe(ours);
  });

  it('goes to one name only', async () => {
    const home = await open(await temporaryDirectory());
    const wanted = await freePort();
    const [one, other] = await Promise.all([home.port('PORT', wanted), home.port('SANDBOX_PORT', wanted)]);
    expect(one).toBe(wanted);
    expect(other).toBeGreaterThan(wanted);
    expect(JSON.parse(await readFile(join(home.directory, 'ports.json'), 'utf8'))).toEqual({
      PORT: { wanted, chosen: one },
      SANDBOX_PORT: { wanted, chosen: other },
    });
  });
});
