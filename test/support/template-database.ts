import pg from 'pg';
import type { PostgresServer } from '../../src/dev/postgres.ts';
import { migrateToLatest } from '../../src/db/migrate.ts';
import { schemaOf } from './empty-in-place.ts';

export const TEMPLATE = 'deskbridge_template';

/**
 * Creates the database that all databases of the tests are cloned from, with every migration applied.
 * @returns its tables and columns.
 */
export async function createTemplate(server: PostgresServer): Promise<string> {
  await server.ensureDatabase(TEMPLATE);
  await migrateToLatest(server.url(TEMPLATE));
  const schema = await schemaOf(server.url(TEMPLATE));
  const client = new pg.Client(server.url('postgres'));
  await client.connect();
  await client.query(`alter database ${TEMPLATE} allow_connections false`);
  await client.end();
  return schema;
}
