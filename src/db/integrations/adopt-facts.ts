import { sql } from 'kysely';
import type { BusinessSystem } from '../../../activities/business-system.ts';
import type { Db } from '../db.ts';

/** Brings the integrations that are there to what this version says of their systems: what they take, how long they collect. */
export async function adoptFacts(db: Db, systems: readonly BusinessSystem[]): Promise<void> {
  for (const { name, facts } of systems) {
    await sql`
      update destinations set takes = ${[...facts.takes]}::text[], window_ms = ${facts.windowMs}
      where system = ${name} and integration_id is not null
        and (takes, window_ms) is distinct from (${[...facts.takes]}::text[], ${facts.windowMs}::int)`.execute(db);
  }
}
