import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { openDb } from './db.ts';
import type { Db } from './db.ts';
import { migrations } from './migrations/index.ts';

/**
 * Brings a database to the newest schema. Safe to run from several processes at once: they take an advisory lock.
 * @returns the names of the migrations that were applied now.
 */
export async function migrateToLatest(databaseUrl: string): Promise<readonly string[]> {
  const db = openDb({ url: databaseUrl, connections: 1 });
  try {
    const provider = { getMigrations: () => Promise.resolve(migrations) };
    // What is written at the same time is not merged in the order of its numbers. No migration builds on one that it does not know.
    const migrator = new Migrator({ db, provider, allowUnorderedMigrations: true });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined) throw new Error('the database could not be migrated', { cause: error });
    return (results ?? []).map((result) => result.migrationName);
  } finally {
    await db.destroy();
  }
}

/** The migrations that this version knows and the database lacks. A newer database lacks none: its version gets along with us. */
export async function missingMigrations(db: Db): Promise<readonly string[]> {
  const names = Object.keys(migrations);
  const { rows } = await sql<{ is_there: boolean }>`select to_regclass('kysely_migration') is not null as is_there`.execute(db);
  if (rows[0]?.is_there !== true) return names;
  const applied = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const there = new Set(applied.rows.map(({ name }) => name));
  return names.filter((name) => !there.has(name));
}
