import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** People and threads that were merged into others, files whose uploads grow old. Takes no lock that the running version would feel. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table effects
      add column serves integer[] not null default '{}', -- prepares a part of these messages
      add column fresh_for_ms bigint                     -- its result is no good after that
  `.execute(db);
  await sql`
    alter table people
      add column gone boolean not null default false     -- the system no longer takes it
  `.execute(db);
}
