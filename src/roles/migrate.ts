import type { Config } from '../config.ts';
import { migrateToLatest } from '../db/migrate.ts';
import type { Log } from '../log.ts';
import { registerSearchAttributes } from '../register-search-attributes.ts';

/** Brings the database to the newest schema, and makes known to Temporal what workflows are searched for by. Ends when done. */
export async function migrate(config: Config, log: Log): Promise<void> {
  const applied = await migrateToLatest(config.databaseUrl);
  log.info({ applied }, applied.length === 0 ? 'the database is up to date' : 'the database was migrated');
  const registered = await registerSearchAttributes(config.temporal);
  log.info(
    { registered },
    registered.length === 0 ? 'Temporal knows the search attributes' : 'search attributes were registered',
  );
}
