import { createServer } from 'node:http';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrations } from '../../src/db/migrations/index.ts';
import { healthRoutes } from '../../src/operations/health.ts';
import { anApi } from '../api/support/an-api.ts';
import { createClient } from '../api/support/client.ts';
import type { Reply } from '../api/support/client.ts';
import { end, listen } from '../support/listen.ts';

const newest = Object.keys(migrations).at(-1) ?? '';

describe('the health of the API', () => {
  const api = anApi();
  const ask = (path: string): Promise<Reply> => createClient(api().url)('GET', path);

  it('is good while PostgreSQL answers and has the schema that this version knows', async () => {
    expect(await ask('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const body = { status: 'ready', database: 'up', schema: 'current', temporal: 'up' };
    expect(await ask('/readyz')).toMatchObject({ status: 200, body });
  });

  it('is good without Temporal, and mentions it', async () => {
    api().temporal.isDown = true;
    expect(await ask('/readyz')).toMatchObject({ status: 200, body: { status: 'ready', temporal: 'down' } });
    api().temporal.isDown = false;
  });

  it('is not ready while the schema is older than this version, and names what is missing', async () => {
    await sql`delete from kysely_migration where name = ${newest}`.execute(api().db);
    const behind = await ask('/readyz');
    expect(behind).toMatchObject({ status: 503, body: { status: 'not ready', database: 'up', temporal: 'up' } });
    expect(behind.at('schema')).toBe(`behind: run "migrate" (${newest})`);
    expect((await ask('/healthz')).status).toBe(200);
    await restore(newest);
  });

  it('is ready while the schema is newer: the next version is on its way in', async () => {
    await restore('9999-of-the-future');
    expect((await ask('/readyz')).status).toBe(200);
    await sql`delete from kysely_migration where name = '9999-of-the-future'`.execute(api().db);
  });

  it('is not ready on a database that was never migrated', async () => {
    await sql`alter table kysely_migration rename to elsewhere`.execute(api().db);
    expect(await ask('/readyz')).toMatchObject({ status: 503, body: { database: 'up' } });
    await sql`alter table elsewhere rename to kysely_migration`.execute(api().db);
  });

  const restore = (name: string): Promise<unknown> =>
    sql`insert into kysely_migration (name, timestamp) values (${name}, 'now')`.execute(api().db);
});

describe('the health of a worker', () => {
  const api = anApi();
  const server = createServer();
  let url: string;
  beforeAll(async () => {
    url = await listen(server);
    server.on('request', express().use(healthRoutes({ db: api().db, temporal: api().temporal, needsTemporal: true })));
  });
  afterAll(() => end(server));

  it('needs Temporal to be ready, and not to be alive', async () => {
    expect(await createClient(url)('GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
    api().temporal.isDown = true;
    expect(await createClient(url)('GET', '/readyz')).toMatchObject({ status: 503, body: { temporal: 'down' } });
    expect((await createClient(url)('GET', '/healthz')).status).toBe(200);
  });
});
