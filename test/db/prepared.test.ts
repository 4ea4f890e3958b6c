import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDb } from '../../src/db/db.ts';
import type { Db } from '../../src/db/db.ts';
import { toId } from '../../src/domain/ids.ts';
import type { AppId } from '../../src/domain/ids.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

describe('a connection', () => {
  let database: TestDatabase;
  let db: Db;
  beforeEach(async () => {
    database = await freshDatabase();
    db = openDb({ url: database.url, connections: 1 });
    await db
      .insertInto('apps')
      .values({ id: toId('one'), name: 'One', created_at: 0 })
      .execute();
  });
  afterEach(async () => {
    await db.destroy();
    await database.drop();
  });

  const nameOf = (id: string) => db.selectFrom('apps').select('name').where('id', '=', toId<AppId>(id)).executeTakeFirst();
  const allOf = (id: string) => db.selectFrom('apps').selectAll().where('id', '=', toId<AppId>(id)).executeTakeFirst();
  const kept = async (): Promise<number> =>
    (await sql`select name from pg_prepared_statements where statement like ${'%from "apps"%'}`.execute(db)).rows.length;

  it('keeps a statement that it has planned, whatever the values', async () => {
    expect(await nameOf('one')).toEqual({ name: 'One' });
    expect(await nameOf('two')).toBeUndefined();
    expect(await kept()).toBe(1);
  });

  it('goes on when a migration adds a column meanwhile, and sees it', async () => {
    await nameOf('one');
    await allOf('one');
    await database.pool.query("alter table apps add column colour text not null default 'blue'");
    expect(await nameOf('one')).toEqual({ name: 'One' });
    expect(await allOf('one')).toMatchObject({ colour: 'blue' });
  });

  it('keeps only so many statements, of which there may be endless ones', async () => {
    for (let length = 1; length <= 520; length += 1)
      await db
        .selectFrom('apps')
        .select('id')
        .where(
          'id',
          'in',
          Array.from({ length }, (_, n) => toId<AppId>(`${n}`)),
        )
        .execute();
    expect(await kept()).toBeLessThanOrEqual(500);
    expect(await kept()).toBeGreaterThan(400);
  });
});
