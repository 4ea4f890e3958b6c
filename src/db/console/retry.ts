import { sql } from 'kysely';
import type { AppId, DestinationId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';

/**
 * Says that a parked destination was repaired: its generation rises, and the sweep rings all lanes that wait for it (rule R8).
 * Remembers how many messages are held, so that progress can be shown.
 * @returns that number, or `undefined` when the app has no such destination, or it is not parked.
 */
export const repairDestination = (
  db: Db,
  { app, destination, now }: { readonly app: AppId; readonly destination: DestinationId; readonly now: number },
): Promise<number | undefined> =>
  db.transaction().execute(async (tx) => {
    const repaired = await sql`
      update destinations set generation = parked_generation + 1, failing_since = null
      where id = ${destination} and app_id = ${app} and removed_at is null and parked_generation >= generation`.execute(tx);
    if ((repaired.numAffectedRows ?? 0n) === 0n) return undefined;
    const kept = await sql<{ total: number }>`
      insert into retries (destination_id, total, began_at)
      select ${destination}, count(*), ${now}::bigint from deliveries
      where destination_id = ${destination} and state in ('waiting', 'sending')
      on conflict (destination_id) do update set total = excluded.total, began_at = excluded.began_at
      returning total`.execute(tx);
    return kept.rows[0]?.total ?? 0;
  });
