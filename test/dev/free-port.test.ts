import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { occupyPort } from '../support/occupy-port.ts';

const run = promisify(execFile);
const MANY = 50;
const some = (): Promise<readonly number[]> => Promise.all(Array.from({ length: MANY }, freePort));
const module = fileURLToPath(new URL('../support/free-port.ts', import.meta.url));

/** What another process is given. */
async function others(): Promise<readonly number[]> {
  const script = `
    import { freePort } from ${JSON.stringify(module)};
    console.log((await Promise.all(Array.from({ length: ${MANY} }, freePort))).join());
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
  return stdout.trim().split(',').map(Number);
}

describe('a port for a server that a test starts later', () => {
  it('is another one each time, and in each process', async () => {
    const ports = [...(await some()), ...(await others())];
    expect(new Set(ports).size).toBe(2 * MANY);
  });

  it('is none that somebody has', async () => {
    const [first = 0] = await some();
    await occupyPort(first);
    const ports = [...(await some()), ...(await some())];
    expect(ports).not.toContain(first);
  });

  it.skipIf(process.platform !== 'linux')('is none that a connection may get meanwhile', async () => {
    const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
    const [from = 0] = range.trim().split(/\s+/).map(Number);
    for (const port of await some()) expect(port).toBeLessThan(from);
  });
});
