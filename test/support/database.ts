import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { inject } from 'vitest';
import { emptyInPlace } from './empty-in-place.ts';
import { TEMPLATE } from './template-database.ts';

export interface TestDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  /** Copies it as it is, ending whatever is connected. @returns puts the copy in its place. */
  backUp(): Promise<() => Promise<void>>;
  /**
   * Closes the pool and removes the database.
   *
   * @throws when the code under test left a connection open, with what it did last.
   */
  drop(): Promise<void>;
}

/**
 * A database of its own with all migrations applied and nothing in it: a clone of the template, or one that an earlier test is done
 * with, which is there sooner.
 */
export async function freshDatabase(): Promise<TestDatabase> {
  const url = unused.pop() ?? (await createDatabase(TEMPLATE));
  const database = openDatabase(url);
  const drop = async (): Promise<void> => {
    await database.close();
    if (await emptyInPlace(url, inject('schema'))) unused.push(url);
    else await dropDatabase(url);
  };
  return { ...database, drop };
}

/** A database of its own with nothing in it, not even tables. */
export async function emptyDatabase(): Promise<TestDatabase> {
  const url = await createDatabase('template0');
  const database = openDatabase(url);
  const drop = async (): Promise<void> => {
    await database.close();
    await dropDatabase(url);
  };
  return { ...database, drop };
}

/** As new, and nobody's. They go with the server, at the end of the run. */
const unused: string[] = [];

async function createDatabase(template: string): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(`create database ${name} template ${template}`);
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

const dropDatabase = (url: string): Promise<unknown> => asAdmin(`drop database ${nameIn(url)} with (force)`);

const nameIn = (url: string): string => new URL(url).pathname.slice(1);

function openDatabase(url: string) {
  const name = nameIn(url);
  const pool = new pg.Pool({ connectionString: url });
  pool.on('error', () => undefined);
  const close = async (): Promise<void> => {
    await pool.end();
    const leaks = await openConnections(name);
    if (leaks.length === 0) return;
    await dropDatabase(url);
    throw new Error(`connections to the database were left open: ${leaks.join('; ')}`);
  };
  const backUp = async (): Promise<() => Promise<void>> => {
    await disconnectAll(name);
    await asAdmin(`create database ${name}_copy template ${name}`);
    return async () => {
      await dropDatabase(url);
      await asAdmin(`alter database ${name}_copy rename to ${name}`);
    };
  };
  return { url, pool, close, backUp };
}

const disconnectAll = (name: string): Promise<unknown> =>
  asAdmin(`select pg_terminate_backend(pid)::text as last from pg_stat_activity where datname = '${name}'`);

/** Those that do not close within a second: the server notices a closed connection a moment after its client. */
async function openConnections(name: string): Promise<readonly string[]> {
  const deadline = Date.now() + 1_000;
  for (;;) {
    const rows = await asAdmin(
      `select coalesce(nullif(query, ''), state) as last from pg_stat_activity where datname = '${name}'`,
    );
    if (rows.length === 0 || Date.now() > deadline) return rows.map(({ last }) => last ?? 'no query yet');
    await sleep(5);
  }
}

async function asAdmin(sql: string): Promise<readonly { readonly last?: string | null }[]> {
  const client = new pg.Client(inject('databaseUrl'));
  await client.connect();
  try {
    return (await client.query<{ last?: string | null }>(sql)).rows;
  } finally {
    await client.end();
  }
}
