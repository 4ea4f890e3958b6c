import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { isRunning } from '../../src/dev/process.ts';
import { startTemporal } from '../../src/dev/temporal-server.ts';
import type { TemporalOptions, TemporalServer } from '../../src/dev/temporal-server.ts';
import { startRun } from '../support/killed-run.ts';
import { occupyPort } from '../support/occupy-port.ts';
import { temporalCli } from '../support/temporal.ts';
import { endsWithTest, temporaryDirectory } from '../support/ends-with-test.ts';

const script = new URL('run-temporal.ts', import.meta.url);

async function start(options: TemporalOptions): Promise<TemporalServer> {
  const server = await startTemporal(options);
  endsWithTest(server.pid);
  return server;
}

async function withClient<T>(server: TemporalServer, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await use(new Client({ connection, namespace: server.namespace }));
  } finally {
    await connection.close();
  }
}

const startWorkflow = (server: TemporalServer, workflowId: string): Promise<unknown> =>
  withClient(server, (client) => client.workflow.start('any', { workflowId, taskQueue: 'any' }));

const statusOf = (server: TemporalServer, workflowId: string): Promise<string> =>
  withClient(server, async (client) => (await client.workflow.getHandle(workflowId).describe()).status.name);

describe('the Temporal server of npm start', () => {
  const cli = temporalCli();

  async function someOptions(): Promise<TemporalOptions & { readonly dataFile: string; readonly said: string[] }> {
    const directory = await temporaryDirectory();
    const said: string[] = [];
    return {
      cli,
      dataFile: join(directory, 'temporal.db'),
      port: await freePort(),
      namespace: 'default',
      logFile: join(directory, 'temporal.log'),
      env: process.env,
      say: (line) => void said.push(line),
      said,
    };
  }

  it('keeps its workflows from one start to the next', async () => {
    const options = await someOptions();
    const first = await start(options);
    await startWorkflow(first, 'conversation:1');
    await first.stop();
    const second = await start(options);
    expect(await statusOf(second, 'conversation:1')).toBe('RUNNING');
  });

  it('shows its Web UI', async () => {
    const server = await start({ ...(await someOptions()), uiPort: await freePort() });
    const page = await fetch(server.uiUrl ?? '');
    expect(await page.text()).toContain('<!doctype html>');
  });

  it('is adopted by the next start when we were killed', async () => {
    const options = await someOptions();
    const run = await startRun(script, options);
    await run.end('SIGKILL');
    const server = await start(options);
    expect(server).toMatchObject({ adopted: true, pid: run.serverPid });
    expect(options.said).toEqual([`adopted the Temporal server that an earlier run left behind (process ${run.serverPid})`]);
    await server.stop();
    expect(isRunning(run.serverPid)).toBe(false);
  });

  it('outlives the Ctrl-C that ends us, and is replaced when the next start wants another port', async () => {
    const options = await someOptions();
    const run = await startRun(script, options);
    await run.end('SIGINT');
    expect(isRunning(run.serverPid)).toBe(true);
    const server = await start({ ...options, port: await freePort() });
    expect(server.adopted).toBe(false);
    expect(isRunning(run.serverPid)).toBe(false);
  });

  it('leaves the server of a neighbouring checkout alone, even when an old note names its number', async () => {
    const neighbour = await start(await someOptions());
    const options = await someOptions();
    const note = { pid: neighbour.pid, port: options.port, startedAt: 0, args: [] };
    await writeFile(`${options.dataFile}.server.json`, JSON.stringify(note));
    const server = await start(options);
    expect(server.adopted).toBe(false);
    expect(isRunning(neighbour.pid)).toBe(true);
  });

  it('tells how it ended when it ends by itself', async () => {
    const options = await someOptions();
    const server = await start(options);
    process.kill(server.pid, 'SIGINT');
    const end = await server.exited;
    const log = await readFile(options.logFile, 'utf8');
    expect(log).toContain('Stopping server');
    expect(log.trimEnd().endsWith(end.trimEnd())).toBe(true);
    expect(end.trimEnd().split('\n').length).toBeGreaterThan(1);
  });

  it('does not take another server on its port for itself', async () => {
    const options = await someOptions();
    await occupyPort(options.port);
    await expect(startTemporal(options)).rejects.toThrow(`port ${options.port}: it is taken`);
  });

  it('names the end of its log when it cannot start', async () => {
    const options = await someOptions();
    await mkdir(options.dataFile);
    await expect(startTemporal(options)).rejects.toThrow(/ended right after its start[^]*unable to open database file/);
  });
});
