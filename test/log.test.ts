import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDb } from '../src/db/db.ts';
import type { Db } from '../src/db/db.ts';
import { addFacts, withFacts } from '../src/log.ts';
import { createTestLog } from './api/support/test-log.ts';
import { freshDatabase } from './support/database.ts';
import type { TestDatabase } from './support/database.ts';

const lastOf = (log: ReturnType<typeof createTestLog>): Record<string, unknown> => {
  const line: unknown = JSON.parse(log.lines.at(-1) ?? '{}');
  return typeof line === 'object' && line !== null ? { ...line } : {};
};

describe('the log', () => {
  it('says on every line what the work is about, also what was found out on the way', async () => {
    const log = createTestLog();
    await withFacts({ requestId: 'r-1' }, async () => {
      await sleep(1);
      addFacts({ app: 'a-1' });
      log.child({ from: 'elsewhere' }).info({ seq: 3 }, 'deep inside');
    });
    expect(lastOf(log)).toMatchObject({ requestId: 'r-1', app: 'a-1', from: 'elsewhere', seq: 3, msg: 'deep inside' });
    log.info('outside');
    expect(lastOf(log)).not.toHaveProperty('requestId');
  });

  it('keeps the facts of work that is done at the same time apart', async () => {
    const log = createTestLog();
    const work = (name: string): Promise<void> =>
      withFacts({ name }, async () => {
        await sleep(1);
        addFacts({ of: name });
        log.info('x');
      });
    await Promise.all([work('a'), work('b')]);
    expect(log.lines.filter((line) => /"name":"(\w)","of":"\1"/.test(line))).toHaveLength(2);
  });

  it('lets a line say more exactly what the work says, too', () => {
    const log = createTestLog();
    withFacts({ system: 'zendesk' }, () => log.info({ system: 'app' }, 'x'));
    expect(lastOf(log)).toMatchObject({ system: 'app' });
  });
});

describe('an error in the log', () => {
  let database: TestDatabase;
  let db: Db;
  beforeAll(async () => {
    database = await freshDatabase();
    db = openDb({ url: database.url, connections: 1 });
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  const logged = async (statement: string): Promise<string> => {
    const log = createTestLog();
    await sql
      .raw(statement)
      .execute(db)
      .then(
        () => expect.fail('the statement was to fail'),
        (cause: unknown) => log.error({ err: new Error('it failed', { cause }) }, 'oops'),
      );
    return log.lines.join('');
  };

  it('is told with its cause and code', async () => {
    const line = await logged('select * from nowhere');
    expect(line).toContain('it failed');
    expect(line).toContain('"code":"42P01"');
  });

  it.each([
    ['a row in the detail', `insert into apps (id, name, created_at) values ('planted@example.com', null, 1)`],
    ['a key in the detail', `insert into apps values ('planted@example.com','x',1), ('planted@example.com','x',1)`],
    ['a value in the words', `select 'planted@example.com'::int`],
    ['a value in the context', `select ('{"a": planted@example.com}')::jsonb`],
  ])('does not quote what the database quotes: %s', async (_what, statement) => {
    const line = await logged(statement);
    expect(line).toMatch(/"code":"(22|23)/);
    expect(line).not.toContain('planted');
  });

  it('is told though its cause is itself', () => {
    const log = createTestLog();
    const error = new Error('round');
    error.cause = error;
    log.error({ err: error }, 'x');
    expect(log.lines.join('')).toContain('round');
  });

  it('does not carry what hangs on it', () => {
    const log = createTestLog();
    log.error({ err: Object.assign(new Error('x'), { request: { body: 'planted' } }) }, 'x');
    expect(log.lines.join('')).not.toContain('planted');
  });
});
