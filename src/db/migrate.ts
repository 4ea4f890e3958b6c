import { Migrator } from 'kysely/migration';
import { openDb } from './db.ts';
import { migrations } from './migrations/index.ts';

/**
 * Brings a database to the newest schema. Safe to run from several processes at once: they take an advisory lock.
 * @returns the names of the migrations that were applied now.
 */
export async function migrateToLatest(databaseUrl: string): Promise<readonly string[]> {
  const db = openDb({ url: databaseUrl, connections: 1 });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined) throw new Error('the database could not be migrated', { cause: error });
    return (results ?? []).map((result) => result.migrationName);
  } finally {
    await db.destroy();
  }
}
