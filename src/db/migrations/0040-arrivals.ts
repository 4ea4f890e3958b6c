import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/** Where a connect flow tells how it ended, also when nothing came of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(COLUMNS).execute(db);
}

const COLUMNS = `
alter table connect_states
  add column arrives_at text,                      -- a page of ours
  add column problem text                          -- why nothing came of it, for the person`;
