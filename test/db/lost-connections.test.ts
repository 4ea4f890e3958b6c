import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDb } from '../../src/db/db.ts';
import type { Db } from '../../src/db/db.ts';
import { emptyDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

describe('a database connection that the server ends', () => {
  let database: TestDatabase;
  let db: Db;
  const lost: Error[] = [];
  beforeEach(async () => {
    database = await emptyDatabase();
    lost.length = 0;
    db = openDb({ url: database.url, connections: 1, onError: (error) => lost.push(error) });
  });
  afterEach(async () => {
    await db.destroy();
    await database.drop();
  });

  const end = async (pid: number): Promise<void> => {
    await database.pool.query('select pg_terminate_backend($1)', [pid]);
    await expect.poll(() => lost.length).toBe(1);
  };

  it('is replaced when it rested', async () => {
    const ended = await backend(db);
    await end(ended);
    expect(await backend(db)).not.toBe(ended);
  });

  it('fails its transaction alone, also between two queries', async () => {
    const transaction = db.transaction().execute(async (tx) => {
      await end(await backend(tx));
      await sql`select 1`.execute(tx);
    });
    await expect(transaction).rejects.toThrow(/not queryable|terminat|Connection/);
    expect(await backend(db)).toBeGreaterThan(0);
  });
});

const backend = async (on: Db): Promise<number> =>
  (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(on)).rows[0]?.pid ?? 0;
