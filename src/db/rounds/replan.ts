import { sql } from 'kysely';
import type { Replan, ThreadFate } from '../../../activities/round-store.ts';
import { json } from '../db.ts';
import type { Db, Tx } from '../db.ts';
import type { BatchRow } from '../schema.ts';
import { moveThread } from '../threads/move.ts';
import type { Selectable } from 'kysely';

type Open = Pick<Selectable<BatchRow>, 'id' | 'conversation_id' | 'destination_id' | 'account_id'>;

/** Throws the rest of a plan away, so that the batch is planned again under what is known now. */
export const replan = (db: Db, change: Replan): Promise<void> =>
  db.transaction().execute(async (tx) => {
    const batch = await tx
      .selectFrom('batches')
      .select(['id', 'conversation_id', 'destination_id', 'account_id'])
      .where('id', '=', change.batch)
      .where('settled_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (batch === undefined) return;
    if (change.redo !== undefined && !(await voidStale(tx, batch, change.redo))) return;
    await tx.updateTable('batches').set({ is_planned: false }).where('id', '=', batch.id).execute();
    await tx
      .updateTable('effects')
      .set({ state: 'void' })
      .where('batch_id', '=', batch.id)
      .where('state', '=', 'planned')
      .execute();
    if (change.thread !== undefined) await endThread(tx, batch, change.thread, change.now);
    if (change.person !== undefined) await forgetPerson(tx, batch, change.person);
    if (change.forms?.form === 'parked') await parkMessages(tx, batch, change, change.forms);
    else if (change.forms !== undefined)
      await setForm(tx, batch, change.forms.seqs, { form: change.forms.form, problem: change.forms.said });
    if (change.release !== undefined) await release(tx, batch, change.release);
  });

/** Voids an effect as it was seen, and the done ones whose results it can no longer use. `false`: somebody else touched it. */
async function voidStale(tx: Tx, batch: Open, redo: NonNullable<Replan['redo']>): Promise<boolean> {
  const voided = await tx
    .updateTable('effects')
    .set({ state: 'void' })
    .where('id', '=', redo.effect)
    .where('batch_id', '=', batch.id)
    .where('state', '=', redo.seen.state)
    .where('attempt', '=', redo.seen.attempt)
    .returning('id')
    .executeTakeFirst();
  if (voided === undefined) return false;
  await sql`
    update effects set state = 'void'
    where batch_id = ${batch.id} and state = 'done' and id = any (${[...redo.stale]}::text[])`.execute(tx);
  return true;
}

async function endThread(tx: Tx, batch: Open, fate: ThreadFate, now: number): Promise<void> {
  const thread = await tx
    .selectFrom('threads')
    .select(['id', 'account_id', 'conversation_id', 'destination_id'])
    .where('conversation_id', '=', batch.conversation_id)
    .where('destination_id', '=', batch.destination_id)
    .where('remote_id', '=', fate.remoteId)
    .where('state', '=', 'open')
    .executeTakeFirst();
  if (thread === undefined) return;
  if (fate.state === 'moved') await moveThread(tx, thread, fate.to, now);
  else await tx.updateTable('threads').set({ state: fate.state }).where('id', '=', thread.id).execute();
  // Dirty, because what agents said in it at the end may not be fetched yet.
  await sql`
    update threads set data = data || ${json(fate.data)}, dirty = dirty + 1, dirty_at = ${now} where id = ${thread.id}`.execute(
    tx,
  );
}

/** Who we thought the app user was there is nobody any more: it is found out anew. */
async function forgetPerson(tx: Tx, batch: Open, person: string): Promise<void> {
  await sql`
    update people p set gone = true
    from conversations c
    where c.id = ${batch.conversation_id} and p.app_user_id = c.app_user_id and p.account_id = ${batch.account_id}
      and p.remote_id = ${person}`.execute(tx);
  await tx
    .updateTable('effects')
    .set({ state: 'void' })
    .where('batch_id', '=', batch.id)
    .where('state', '=', 'done')
    .where('makes', '=', 'person')
    .execute();
}

const setForm = (
  tx: Tx,
  batch: Open,
  seqs: readonly number[],
  to: { form: 'plain' | 'missing'; problem: string },
): Promise<unknown> => rowsOf(tx, batch, seqs).set(to).where(untouched).execute();

/** These messages were refused in every form: they wait for a person, the lane goes on. */
async function parkMessages(tx: Tx, batch: Open, change: Replan, forms: NonNullable<Replan['forms']>): Promise<void> {
  await rowsOf(tx, batch, forms.seqs).set({ state: 'parked', batch_id: null, problem: forms.said }).execute();
  await sql`
    update destinations set failing_since = coalesce(failing_since, ${change.now}::bigint) where id = ${batch.destination_id}`.execute(
    tx,
  );
}

/** Back to the queue, so that the first message is tried alone. */
const release = (tx: Tx, batch: Open, seqs: readonly number[]): Promise<unknown> =>
  rowsOf(tx, batch, seqs).set({ state: 'waiting', batch_id: null }).where(untouched).execute();

const rowsOf = (tx: Tx, batch: Open, seqs: readonly number[]) =>
  tx
    .updateTable('deliveries')
    .where('conversation_id', '=', batch.conversation_id)
    .where('destination_id', '=', batch.destination_id)
    .where('batch_id', '=', batch.id)
    .where('state', '=', 'sending')
    .where(sql<boolean>`seq = any (${[...seqs]}::int[])`);

/** Nothing of the message is written, or perhaps written. */
const untouched = sql<boolean>`not exists (
  select 1 from effects e where e.batch_id = deliveries.batch_id and e.state in ('sent', 'done') and deliveries.seq = any (e.seqs))`;
