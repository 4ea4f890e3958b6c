import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** How each account differed from what is wanted when it was last looked at. Takes no lock that the running version would feel. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table accounts add column comparison jsonb`.execute(db);
}
