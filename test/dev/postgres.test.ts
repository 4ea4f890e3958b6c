import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { startPostgres } from '../../src/dev/postgres.ts';
import type { PostgresOptions, PostgresServer } from '../../src/dev/postgres.ts';
import { isRunning } from '../../src/dev/process.ts';
import { startRun } from '../support/killed-run.ts';
import { directoryOfFile, endsWithTest, temporaryDirectory } from '../support/ends-with-test.ts';

const script = new URL('run-postgres.ts', import.meta.url);

interface SomeOptions extends PostgresOptions {
  readonly said: readonly string[];
}

async function someOptions(directory?: string): Promise<SomeOptions> {
  directory ??= await temporaryDirectory();
  const said: string[] = [];
  return {
    dataDir: join(directory, 'postgres'),
    port: await freePort(),
    password: 'no / secret',
    logFile: join(directory, 'postgres.log'),
    say: (line) => void said.push(line),
    said,
  };
}

let prepared: Promise<string> | undefined;

/** Options for a cluster that is there already: a copy, because making one takes ten times as long. */
async function someCluster(): Promise<SomeOptions> {
  prepared ??= directoryOfFile().then(async (directory) => {
    const options = await someOptions(directory);
    await (await startPostgres(options)).stop();
    return options.dataDir;
  });
  const options = await someOptions();
  await promisify(execFile)('cp', ['-a', await prepared, options.dataDir]);
  return options;
}

async function start(options: PostgresOptions): Promise<PostgresServer> {
  const server = await startPostgres(options);
  endsWithTest(server.pid);
  return server;
}

async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the PostgreSQL of npm start', () => {
  it('keeps what it holds from one start to the next', async () => {
    const options = await someOptions();
    const first = await start(options);
    await first.ensureDatabase('app');
    await query(first.url('app'), "create table note as select 'kept' as text");
    await first.stop();

    const second = await start(options);
    await second.ensureDatabase('app');
    expect(await query(second.url('app'), 'select text from note')).toEqual([{ text: 'kept' }]);
    expect(second.adopted).toBe(false);
  });

  it('lets nobody in without the password', async () => {
    const options = await someCluster();
    const server = await start(options);
    const url = new URL(server.url('postgres'));
    url.password = 'guessed';
    await expect(query(url.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('outlives the Ctrl-C that ends us, to be stopped in order', async () => {
    const options = await someCluster();
    const run = await startRun(script, options);
    await run.end('SIGINT');
    expect(isRunning(run.serverPid)).toBe(true);
    const server = await start(options);
    await server.stop();
    expect(isRunning(run.serverPid)).toBe(false);
  });

  it('is adopted by the next start when we were killed', async () => {
    const options = await someCluster();
    const run = await startRun(script, options);
    await run.end('SIGKILL');
    const server = await start(options);
    expect(server).toMatchObject({ adopted: true, pid: run.serverPid });
    expect(await query(server.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(options.said).toEqual([`adopted the PostgreSQL that an earlier run left behind (process ${run.serverPid})`]);
  });

  it('is replaced by the next start when that wants another port', async () => {
    const options = await someCluster();
    const run = await startRun(script, options);
    await run.end('SIGKILL');
    const server = await start({ ...options, port: await freePort() });
    expect(server.adopted).toBe(false);
    expect(isRunning(run.serverPid)).toBe(false);
    expect(await query(server.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('starts where a server was killed, though a stranger has its number by now', async () => {
    const options = await someCluster();
    const killed = await start(options);
    process.kill(killed.pid, 'SIGKILL');
    await killed.exited;
    const pidFile = join(options.dataDir, 'postmaster.pid');
    const [, ...rest] = (await readFile(pidFile, 'utf8')).split('\n');
    await writeFile(pidFile, [process.pid, ...rest].join('\n'));
    const server = await start(options);
    expect(server.adopted).toBe(false);
    expect(isRunning(process.pid)).toBe(true);
  });

  it('waits for the children of a server that was killed, which still hold its memory', async () => {
    const options = await someCluster();
    const killed = await start(options);
    const [child] = await query(killed.url('postgres'), "select pid from pg_stat_activity where backend_type = 'checkpointer'");
    const pid = Number(child?.['pid']);
    process.kill(pid, 'SIGSTOP');
    process.kill(killed.pid, 'SIGKILL');
    await killed.exited;
    const server = start(options);
    await expect.poll(() => readFile(options.logFile, 'utf8')).toContain('is still in use');
    process.kill(pid, 'SIGCONT');
    expect(await query((await server).url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('tells how it ended when it ends by itself', async () => {
    const server = await start(await someCluster());
    process.kill(server.pid, 'SIGTERM');
    expect(await server.exited).toContain('database system is shut down');
  });

  it('says what to do about the cluster of another version', async () => {
    const options = await someOptions();
    await mkdir(options.dataDir);
    await writeFile(join(options.dataDir, 'PG_VERSION'), '14\n');
    await expect(startPostgres(options)).rejects.toThrow('holds a cluster of PostgreSQL 14, and the PostgreSQL here is 18');
  });

  it('touches no directory that holds something else', async () => {
    const options = await someOptions();
    await mkdir(options.dataDir);
    await writeFile(join(options.dataDir, 'thesis.txt'), 'years of work');
    await expect(startPostgres(options)).rejects.toThrow('is not empty and holds no PostgreSQL cluster');
    expect(await readFile(join(options.dataDir, 'thesis.txt'), 'utf8')).toBe('years of work');
  });

  it('says what to do when the password is not that of the cluster', async () => {
    const options = await someCluster();
    await expect(startPostgres({ ...options, password: 'made anew' })).rejects.toThrow(
      'another password than the one in secrets.json',
    );
  });

  it('does not take for its own what answers on its port and refuses the password', async () => {
    const stranger = await someCluster();
    await start(stranger);
    const options = { ...(await someOptions()), port: stranger.port, password: 'another' };
    await expect(start(options)).rejects.toThrow(/PostgreSQL ended right after its start[^]*in use/);
  });

  it('names the end of its log when it cannot start', async () => {
    const options = await someCluster();
    await expect(startPostgres({ ...options, settings: { shared_buffers: 'plenty' } })).rejects.toThrow(
      'invalid value for parameter "shared_buffers"',
    );
  });

  it.skipIf(process.getuid?.() !== 0)('lies elsewhere when root keeps it where its user cannot reach', async () => {
    const options = await someOptions();
    const directory = await temporaryDirectory();
    const closed = join(directory, 'closed');
    await mkdir(closed);
    await chmod(closed, 0o700);
    const hidden = { ...options, dataDir: join(closed, 'postgres'), shelter: join(directory, 'shelter') };
    await (await start(hidden)).stop();
    expect(options.said[0]).toContain(`cannot reach ${hidden.dataDir}; its files go to ${hidden.shelter}`);

    const again = await start(hidden);
    expect(await query(again.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await again.stop();
    await rm(hidden.dataDir);
  });
});
