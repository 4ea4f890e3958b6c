import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { inject } from 'vitest';
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

/** A database of its own with all migrations applied and nothing in it: a clone, made in some 50 ms. */
export const freshDatabase = (): Promise<TestDatabase> => createDatabase(TEMPLATE);

/** A database of its own with nothing in it, not even tables. */
export const emptyDatabase = (): Promise<TestDatabase> => createDatabase('template0');

async function createDatabase(template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(`create database ${name} template ${template}`);
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href });
  pool.on('error', () => undefined);
  const drop = async (): Promise<void> => {
    await pool.end();
    const leaks = await openConnections(name);
    await asAdmin(`drop database ${name} with (force)`);
    if (leaks.length > 0) throw new Error(`connections to the database were left open: ${leaks.join('; ')}`);
  };
  const backUp = async (): Promise<() => Promise<void>> => {
    await disconnectAll(name);
    await asAdmin(`create database ${name}_copy template ${name}`);
    return async () => {
      await asAdmin(`drop database ${name} with (force)`);
      await asAdmin(`alter database ${name}_copy rename to ${name}`);
    };
  };
  return { url: url.href, pool, drop, backUp };
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
    await sleep(20);
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
