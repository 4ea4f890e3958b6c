import { sql } from 'kysely';
import type { Replan } from '../../../activities/round-store.ts';
import type { Db, Tx } from '../db.ts';
import type { BatchRow } from '../schema.ts';
import type { Selectable } from 'kysely';

type Open = Pick<Selectable<BatchRow>, 'id' | 'conversation_id' | 'destination_id'>;

/** Throws the rest of a plan away, so that the batch is planned again under what is known now. */
export const replan = (db: Db, change: Replan): Promise<void> =>
  db.transaction().execute(async (tx) => {
    const batch = await tx
      .updateTable('batches')
      .set({ is_planned: false })
      .where('id', '=', change.batch)
      .where('settled_at', 'is', null)
      .returning(['id', 'conversation_id', 'destination_id'])
      .executeTakeFirst();
    if (batch === undefined) return;
    await tx
      .updateTable('effects')
      .set({ state: 'void' })
      .where('batch_id', '=', batch.id)
      .where('state', '=', 'planned')
      .execute();
    if (change.thread !== undefined) await markThread(tx, batch, change.thread);
    if (change.forms?.form === 'parked') await parkMessages(tx, batch, change, change.forms);
    else if (change.forms !== undefined)
      await setForm(tx, batch, change.forms.seqs, { form: change.forms.form, problem: change.forms.said });
    if (change.release !== undefined) await release(tx, batch, change.release);
  });

const markThread = (tx: Tx, batch: Open, state: 'closed' | 'gone'): Promise<unknown> =>
  tx
    .updateTable('threads')
    .set({ state })
    .where('conversation_id', '=', batch.conversation_id)
    .where('destination_id', '=', batch.destination_id)
    .where('state', '=', 'open')
    .execute();

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
