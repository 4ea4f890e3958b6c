import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { ThreadBell } from '../../../activities/contract.ts';
import type { Tx } from '../db.ts';
import type { BatchRow } from '../schema.ts';

/**
 * Decides the notices that arrived while the batch was open: those that only name what we wrote ourselves are dropped, the others
 * make their thread dirty (rule R12).
 * @returns the lane's threads that have something to fetch: their bells count as rung.
 */
export async function decideHeld(tx: Tx, batch: Selectable<BatchRow>, now: number): Promise<readonly ThreadBell[]> {
  await sql`
    with thread as (
      select id, account_id, remote_id from threads
      where conversation_id = ${batch.conversation_id} and destination_id = ${batch.destination_id}
    ), decided as (
      update inbound_events e
      set state = case when known.is_ours then 'dropped' else 'applied' end,
        reason = case when known.is_ours then 'our own write' end
      from thread t, lateral (
        select coalesce(cardinality(e.remote_ids), 0) > 0 and not exists (
          select from unnest(e.remote_ids) as named (id)
          where not exists (select from remote_refs r where r.account_id = t.account_id and r.remote_id = named.id)
        ) as is_ours
      ) known
      where e.account_id = t.account_id and e.thread = t.remote_id and e.state = 'held'
      returning t.id as thread_id, e.state
    )
    update threads set dirty = dirty + 1, dirty_at = ${now}
    where id in (select thread_id from decided where state = 'applied')`.execute(tx);
  const dirty = await sql<ThreadBell>`
    update threads t set rung_at = ${now}
    from destinations d
    where d.id = t.destination_id and t.conversation_id = ${batch.conversation_id} and t.destination_id = ${batch.destination_id}
      and t.dirty > t.clean and t.state in ('open', 'closed')
    returning t.id as thread, d.system, t.label`.execute(tx);
  return dirty.rows;
}
