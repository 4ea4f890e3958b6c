import { Connection } from '@temporalio/client';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { emptyDatabase, freshDatabase } from '../support/database.ts';
import { temporalAddress, timeSkipping } from '../support/temporal.ts';

describe('the database of a test', () => {
  it('is its own: what one writes, another does not see', async () => {
    const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
    await one.pool.query('create table note (text text)');
    await expect(other.pool.query('select * from note')).rejects.toThrow('does not exist');
    await Promise.all([one.drop(), other.drop()]);
  });

  it('is as new where an earlier test used it, whose rows and numbers are gone', async () => {
    const first = await freshDatabase();
    await first.pool.query("insert into apps (id, name, created_at) values ('a', 'Demo', 1)");
    await first.pool.query("insert into audit (at, who, action, subject) values (1, 'Ada', 'looked', 'at it')");
    await first.drop();
    const second = await freshDatabase();
    expect(second.url).toBe(first.url);
    expect((await second.pool.query('select * from apps')).rows).toEqual([]);
    const { rows } = await second.pool.query(
      "insert into audit (at, who, action, subject) values (1, 'Ada', 'looked', 'at it') returning id",
    );
    expect(rows).toEqual([{ id: '1' }]);
    await second.drop();
  });

  it('is another one where an earlier test changed its tables', async () => {
    const first = await freshDatabase();
    await first.pool.query('alter table apps add column colour text');
    await first.drop();
    const second = await freshDatabase();
    expect(second.url).not.toBe(first.url);
    await second.drop();
  });

  it('may be empty, for tests of migrations', async () => {
    const database = await emptyDatabase();
    const { rows } = await database.pool.query("select from information_schema.tables where table_schema = 'public'");
    expect(rows).toEqual([]);
    await database.drop();
  });

  it('names the connection that the code under test left open', async () => {
    const database = await freshDatabase();
    const leak = new pg.Client(database.url);
    leak.on('error', () => undefined);
    await leak.connect();
    await leak.query('select 42 as left_open');
    await expect(database.drop()).rejects.toThrow('select 42 as left_open');
  });
});

describe('Temporal for tests', () => {
  const address = temporalAddress();

  it('is a dev server with a default namespace', async () => {
    const connection = await Connection.connect({ address });
    const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace: 'default' });
    expect(namespaceInfo?.name).toBe('default');
    await connection.close();
  });
});

describe('the time-skipping server for tests', () => {
  const environment = timeSkipping();

  it('lets a day pass in no time', async () => {
    const before = await environment().currentTimeMs();
    await environment().sleep('1 day');
    expect((await environment().currentTimeMs()) - before).toBeGreaterThanOrEqual(24 * 60 * 60 * 1_000);
  });
});
