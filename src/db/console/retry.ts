import { sql } from 'kysely';
import type { LaneBell } from '../../../activities/contract.ts';
import type { AppId, ConversationId, DestinationId } from '../../domain/ids.ts';
import type { Db, Tx } from '../db.ts';
import { lockConversation } from '../rounds/lock.ts';

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
    return await noteRetry(tx, destination, now);
  });

/**
 * Puts all refused messages of a destination back into the queue. Its generation rises, so that the sweep rings their lanes.
 * @returns how many there were.
 */
export const retryRefused = (
  db: Db,
  { app, destination, now }: { readonly app: AppId; readonly destination: DestinationId; readonly now: number },
): Promise<number> =>
  db.transaction().execute(async (tx) => {
    const queued = await sql<RefusedMessage>`
      update deliveries m set state = 'waiting', form = 'full', problem = null, batch_id = null
      from destinations d
      where m.destination_id = ${destination} and m.state = 'parked' and d.id = m.destination_id and d.app_id = ${app}
        and d.removed_at is null
      returning m.conversation_id as conversation, m.destination_id as destination, m.seq`.execute(tx);
    if (queued.rows.length === 0) return 0;
    await lookAgainFrom(tx, queued.rows);
    await sql`
      update destinations set generation = greatest(generation, parked_generation) + 1, failing_since = null
      where id = ${destination}`.execute(tx);
    await noteRetry(tx, destination, now);
    return queued.rows.length;
  });

/** Gives up what is held for a destination that was removed. @returns how many messages. */
export async function discardHeld(db: Db, app: AppId, destination: DestinationId): Promise<number> {
  const discarded = await sql`
    update deliveries m set state = 'dead', problem = 'discarded by an administrator'
    from destinations d
    where m.destination_id = ${destination} and m.state in ('waiting', 'parked') and d.id = m.destination_id
      and d.app_id = ${app} and d.removed_at is not null`.execute(db);
  return Number(discarded.numAffectedRows ?? 0n);
}

/** Remembers how many messages were held when somebody asked. */
async function noteRetry(tx: Tx, destination: DestinationId, now: number): Promise<number> {
  const kept = await sql<{ total: number }>`
    insert into retries (destination_id, total, began_at)
    select ${destination}, count(*), ${now}::bigint from deliveries
    where destination_id = ${destination} and state in ('waiting', 'sending')
    on conflict (destination_id) do update set total = excluded.total, began_at = excluded.began_at
    returning total`.execute(tx);
  return kept.rows[0]?.total ?? 0;
}

/** One refused message. */
export interface RefusedMessage {
  readonly conversation: ConversationId;
  readonly destination: DestinationId;
  readonly seq: number;
}

/**
 * Puts a refused message back into the queue, in its full form.
 * @returns the lane's bell, or `undefined` when it is not refused (any more), or its destination is gone.
 */
export const retryMessage = (db: Db, { conversation, destination, seq }: RefusedMessage): Promise<LaneBell | undefined> =>
  db.transaction().execute(async (tx) => {
    await lockConversation(tx, conversation);
    const queued = await sql<LaneBell>`
      update deliveries m set state = 'waiting', form = 'full', problem = null, batch_id = null
      from destinations d
      where m.conversation_id = ${conversation} and m.destination_id = ${destination} and m.seq = ${seq} and m.state = 'parked'
        and d.id = m.destination_id and d.removed_at is null
      returning d.id as destination, d.system, d.label, d.window_ms as "windowMs", m.accepted_at as since`.execute(tx);
    await lookAgainFrom(tx, [{ conversation, destination, seq }]);
    return queued.rows[0];
  });

/** A round that found nothing to send up to a message looks at it again. */
const lookAgainFrom = (tx: Tx, messages: readonly RefusedMessage[]): Promise<unknown> =>
  sql`
    update lanes l set barren_seq = least(l.barren_seq, q.seq - 1)
    from unnest(${messages.map((m) => m.conversation)}::text[], ${messages.map((m) => m.destination)}::text[],
      ${messages.map((m) => m.seq)}::int[]) as q (conversation_id, destination_id, seq)
    where l.conversation_id = q.conversation_id and l.destination_id = q.destination_id`.execute(tx);

/** Gives a refused message up. @returns whether it was refused. */
export async function skipMessage(db: Db, { conversation, destination, seq }: RefusedMessage): Promise<boolean> {
  const skipped = await sql`
    update deliveries set state = 'dead', problem = 'skipped by an administrator' || coalesce(' (' || problem || ')', '')
    where conversation_id = ${conversation} and destination_id = ${destination} and seq = ${seq} and state = 'parked'`.execute(
    db,
  );
  return (skipped.numAffectedRows ?? 0n) > 0n;
}
