import { Connection } from '@temporalio/client';
import type { Config } from '../config.ts';
import { migrateToLatest } from '../db/migrate.ts';
import type { Log } from '../log.ts';
import { registerSearchAttributes } from '../register-search-attributes.ts';
import { connectionOptions } from '../temporal.ts';
import type { TemporalOptions } from '../temporal.ts';

/** Brings the database to the newest schema, and makes known to Temporal what workflows are searched for by. Ends when done. */
export async function migrate(config: Config, log: Log): Promise<void> {
  const applied = await migrateToLatest(config.databaseUrl);
  log.info({ applied }, applied.length === 0 ? 'the database is up to date' : 'the database was migrated');
  const registered = await register(config.temporal);
  log.info(
    { registered },
    registered.length === 0 ? 'Temporal knows the search attributes' : 'search attributes were registered',
  );
}

async function register(options: TemporalOptions): Promise<readonly string[]> {
  const connection = await Connection.connect(connectionOptions(options));
  try {
    return await registerSearchAttributes(connection, options.namespace);
  } finally {
    await connection.close();
  }
}
