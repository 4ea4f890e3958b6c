import { sql } from 'kysely';
import type { ConversationId } from '../domain/ids.ts';
import type { Db } from './db.ts';
import { lockConversation } from './rounds/lock.ts';

/** Reads ids of conversations in order, from after one on. */
export async function conversationsAfter(
  db: Db,
  after: ConversationId | undefined,
  limit: number,
): Promise<readonly ConversationId[]> {
  const all = db.selectFrom('conversations').select('id').orderBy('id').limit(limit);
  const rows = await (after === undefined ? all : all.where('id', '>', after)).execute();
  return rows.map(({ id }) => id);
}

/**
 * Removes the oldest messages of a conversation with their ledger rows, up to the first one that is young or not final: what is
 * left has no gap. The next sequence number stands on the conversation, and what was taken in from a system in `remote_refs`.
 * @returns how many messages were removed; `most`, when there may be more.
 */
export const removeOldMessages = (db: Db, conversation: ConversationId, before: number, most: number): Promise<number> =>
  db.transaction().execute(async (tx) => {
    if (!(await hasOldMessages(tx, conversation, before))) return 0;
    await lockConversation(tx, conversation);
    const { rows } = await sql<{ end: number | null }>`
      with old as (
        select seq from messages where conversation_id = ${conversation} and accepted_at < ${before} order by seq limit ${most}
      )
      select least(
        (select max(seq) + 1 from old),
        (select min(seq) from deliveries where conversation_id = ${conversation} and state in ('waiting', 'sending')),
        (select min(seq) from deliveries where conversation_id = ${conversation} and state = 'parked'),
        (select min(seq) from messages where conversation_id = ${conversation} and accepted_at >= ${before})
      ) as end`.execute(tx);
    const end = rows[0]?.end ?? 0;
    await tx.deleteFrom('deliveries').where('conversation_id', '=', conversation).where('seq', '<', end).execute();
    const removed = await tx
      .deleteFrom('messages')
      .where('conversation_id', '=', conversation)
      .where('seq', '<', end)
      .executeTakeFirst();
    return Number(removed.numDeletedRows);
  });

/** Times grow with the sequence numbers, so the first message is the oldest. */
async function hasOldMessages(db: Db, conversation: ConversationId, before: number): Promise<boolean> {
  const first = await db
    .selectFrom('messages')
    .select('accepted_at')
    .where('conversation_id', '=', conversation)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  return first !== undefined && first.accepted_at < before;
}

/** Removes batches that were settled long ago, with their effects and attempts. @returns how many batches. */
export const removeOldBatches = (db: Db, before: number, most: number): Promise<number> =>
  db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select b.id from batches b
      where b.settled_at is not null and b.settled_at < ${before}
        and not exists (select from lanes l where l.batch_id = b.id)
        and not exists (
          select from deliveries d
          where d.conversation_id = b.conversation_id and d.destination_id = b.destination_id and d.batch_id = b.id
            and d.state not in ('delivered', 'dead')
        )
      order by b.settled_at limit ${most}
      for update of b skip locked`.execute(tx);
    const ids = rows.map(({ id }) => id);
    await sql`
      delete from attempts where effect_id in (select id from effects where batch_id = any (${ids}::text[]))`.execute(tx);
    await sql`delete from effects where batch_id = any (${ids}::text[])`.execute(tx);
    await sql`delete from batches where id = any (${ids}::text[])`.execute(tx);
    return ids.length;
  });

/** Removes events of systems that are decided and old. @returns how many. */
export async function removeOldEvents(db: Db, before: number, most: number): Promise<number> {
  const removed = await sql`
    delete from inbound_events where id in (
      select id from inbound_events
      where state in ('applied', 'dropped', 'ignored') and received_at < ${before}
      order by received_at limit ${most}
      for update skip locked
    )`.execute(db);
  return Number(removed.numAffectedRows ?? 0n);
}
