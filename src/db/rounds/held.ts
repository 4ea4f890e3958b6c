import { sql } from 'kysely';
import type { ThreadBell } from '../../../activities/contract.ts';
import { acceptReply } from '../accept-reply.ts';
import type { Tx } from '../db.ts';
import type { BatchRow } from '../schema.ts';

type Batch = Pick<BatchRow, 'conversation_id' | 'destination_id'>;

/**
 * Decides the notices that arrived while the batch was open: those that only name what we wrote ourselves are dropped, the others
 * make their thread dirty (rule R12).
 * @returns the lane's threads that have something to fetch: their bells count as rung.
 */
export async function decideHeld(tx: Tx, batch: Batch, now: number): Promise<readonly ThreadBell[]> {
  const { hasReplies, hasDirty } = await decideNotices(tx, batch, now);
  if (hasReplies) await acceptReplies(tx, batch, now);
  return hasDirty ? await ringDirty(tx, batch, now) : [];
}

/** @returns what else there is to do. Mostly nothing, and then this is the only statement. */
async function decideNotices(tx: Tx, batch: Batch, now: number): Promise<{ hasReplies: boolean; hasDirty: boolean }> {
  const result = await sql<{ hasReplies: boolean; hasDirty: boolean }>`
    with thread as (
      select id, account_id, remote_id, dirty > clean as is_dirty from threads
      where conversation_id = ${batch.conversation_id} and destination_id = ${batch.destination_id}
    ), held as (
      select e.id, e.kind, t.id as thread_id, coalesce(cardinality(e.remote_ids), 0) > 0 and not exists (
        select from unnest(e.remote_ids) as named (id)
        where not exists (select from remote_refs r where r.account_id = e.account_id and r.remote_id = named.id)
      ) as is_known
      from thread t join inbound_events e on e.account_id = t.account_id and e.thread = t.remote_id
      where e.state = 'held'
    ), decided as (
      update inbound_events e
      set state = case when held.is_known then 'dropped' else 'applied' end,
        reason = case when held.is_known then 'names only what is known' end
      from held where held.id = e.id and held.kind = 'notice'
    ), dirtied as (
      update threads set dirty = dirty + 1, dirty_at = ${now}
      where id in (select thread_id from held where kind = 'notice' and not is_known)
      returning id
    )
    select exists (select from held where kind = 'reply') as "hasReplies",
      exists (select from dirtied) or exists (select from thread where is_dirty) as "hasDirty"`.execute(tx);
  return result.rows[0] ?? { hasReplies: false, hasDirty: false };
}

async function ringDirty(tx: Tx, batch: Batch, now: number): Promise<readonly ThreadBell[]> {
  const dirty = await sql<ThreadBell>`
    update threads t set rung_at = ${now}
    from destinations d
    where d.id = t.destination_id and t.conversation_id = ${batch.conversation_id} and t.destination_id = ${batch.destination_id}
      and t.dirty > t.clean and t.state in ('open', 'closed')
    returning t.id as thread, d.system, t.label`.execute(tx);
  return dirty.rows;
}

/** Whole replies that came before their thread was known. */
async function acceptReplies(tx: Tx, batch: Batch, now: number): Promise<void> {
  const held = await tx
    .updateTable('inbound_events as e')
    .from('threads as t')
    .innerJoin('destinations as d', 'd.id', 't.destination_id')
    .set({ state: 'applied' })
    .whereRef('e.account_id', '=', 't.account_id')
    .whereRef('e.thread', '=', 't.remote_id')
    .where('t.conversation_id', '=', batch.conversation_id)
    .where('t.destination_id', '=', batch.destination_id)
    .where('e.state', '=', 'held')
    .where('e.kind', '=', 'reply')
    .returning(['e.id', 'e.account_id', 'e.body', 'e.remote_ids', 'd.system'])
    .execute();
  for (const { account_id: account, body, remote_ids: ids, system } of held.toSorted((a, b) => a.id - b.id)) {
    const remoteId = ids?.[0];
    if (body === null || remoteId === undefined) continue;
    const { conversation_id: conversation, destination_id: destination } = batch;
    await acceptReply(tx, { conversation, system, destination, account, remoteId, ...body, now });
  }
}
