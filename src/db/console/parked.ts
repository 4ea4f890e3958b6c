import { sql } from 'kysely';
import type { AppId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';

/** Nobody reads a larger number. */
const MOST = 999;

/** How many messages of an app wait for a person: refused ones, and all that wait for a destination that needs a repair. */
export async function countHeld(db: Db, app: AppId): Promise<number> {
  const result = await sql<{ count: number }>`
    select count(*) as count from (
      select from destinations d join deliveries m on m.destination_id = d.id
      where d.app_id = ${app} and m.state in ('waiting', 'sending', 'parked')
        and (m.state = 'parked' or d.removed_at is not null or d.parked_generation >= d.generation)
        and (d.removed_at is null or d.integration_id is not null)
      limit ${MOST}
    ) held`.execute(db);
  return result.rows[0]?.count ?? 0;
}
