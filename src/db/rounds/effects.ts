import { sql } from 'kysely';
import type { PlannedEffect, RemoteRef } from '../../../activities/batch.ts';
import type { AttemptFailure, Claim, Finish } from '../../../activities/round-store.ts';
import type { BatchId, EffectId, ThreadId } from '../../domain/ids.ts';
import { json } from '../db.ts';
import type { Db, Tx } from '../db.ts';
import { lockThreadRef } from '../inbound/lock.ts';
import { newId } from '../new-id.ts';
import type { BatchRow } from '../schema.ts';

/** Stores the plan of an open batch that has none. */
export const savePlan = (db: Db, batch: BatchId, effects: readonly PlannedEffect[]): Promise<boolean> =>
  db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('batches')
      .select(['account_id', 'is_planned', 'settled_at'])
      .where('id', '=', batch)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined || row.settled_at !== null || row.is_planned) return false;
    await refuseForgotten(tx, batch, effects);
    const last = await tx
      .selectFrom('effects')
      .select((e) => e.fn.max('ordinal').as('ordinal'))
      .where('batch_id', '=', batch)
      .executeTakeFirst();
    const from = (last?.ordinal ?? 0) + 1;
    if (effects.length > 0) {
      await tx
        .insertInto('effects')
        .values(
          effects.map((effect, index) => ({
            id: newId<EffectId>(),
            batch_id: batch,
            account_id: row.account_id,
            ordinal: from + index,
            key: effect.key,
            summary: effect.summary,
            seqs: [...effect.seqs],
            serves: [...(effect.serves ?? [])],
            makes: effect.makes ?? null,
            scopes: [...(effect.scopes ?? [])],
            repeatable: effect.repeatable ?? false,
            fresh_for_ms: effect.freshForMs ?? null,
            state: 'planned' as const,
            write: json(effect.write),
          })),
        )
        .execute();
    }
    await tx.updateTable('batches').set({ is_planned: true }).where('id', '=', batch).execute();
    return true;
  });

/** A plan that leaves out a message would settle it undelivered. */
async function refuseForgotten(tx: Tx, batch: BatchId, effects: readonly PlannedEffect[]): Promise<void> {
  const rows = await sql<{ seq: number }>`
    select d.seq from deliveries d join batches b on b.id = d.batch_id
      and b.conversation_id = d.conversation_id and b.destination_id = d.destination_id
    where b.id = ${batch} and d.state = 'sending'
      and not d.seq = any (${effects.flatMap((effect) => [...effect.seqs])}::int[])
      and not exists (select 1 from effects e where e.batch_id = b.id and e.state <> 'void' and d.seq = any (e.seqs))`.execute(
    tx,
  );
  if (rows.rows.length === 0) return;
  throw new Error(`plan: no effect carries message ${rows.rows.map((row) => row.seq).join(', ')} [batch=${batch}]`);
}

/** Makes an effect `sent`, if nobody else has touched it and its batch is still open (rule R4). */
export async function claim(db: Db, c: Claim): Promise<boolean> {
  const result = await sql`
    with claimed as (
      update effects e
      set state = 'sent', attempt = e.attempt + 1, bytes = ${json(c.bytes)}, first_sent_at = coalesce(e.first_sent_at, ${c.now}::bigint),
        start_by = ${c.startBy}, expires_at = ${c.expiresAt}
      where e.id = ${c.effect} and e.batch_id = ${c.batch} and e.state = ${c.seen.state} and e.attempt = ${c.seen.attempt}
        and exists (select 1 from batches b where b.id = e.batch_id and b.settled_at is null)
      returning e.id, e.attempt
    )
    insert into attempts (effect_id, attempt, at) select id, attempt, ${c.now} from claimed`.execute(db);
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** Gives an effect back that was claimed by this attempt and certainly not applied. */
export async function unclaim(db: Db, effect: EffectId, attempt: number, failure: AttemptFailure): Promise<void> {
  await sql`
    with undone as (
      update effects set state = 'planned' where id = ${effect} and state = 'sent' and attempt = ${attempt} returning id
    )
    update attempts set outcome = ${failure.said} where effect_id = (select id from undone) and attempt = ${attempt}`.execute(db);
}

/** Makes a `sent` effect `done`, with all that follows from what it returned. */
export const finish = (db: Db, { effect, ref, now }: Finish): Promise<void> =>
  db.transaction().execute(async (tx) => {
    // The batch's row before the effect's, as everywhere: two transactions that lock both never wait for each other in a circle.
    const batch = await tx
      .selectFrom('batches as b')
      .innerJoin('effects as e', 'e.batch_id', 'b.id')
      .select(['b.id', 'b.account_id', 'b.conversation_id', 'b.destination_id'])
      .where('e.id', '=', effect)
      .forUpdate('b')
      .executeTakeFirstOrThrow();
    const done = await tx
      .updateTable('effects')
      .set({ state: 'done', ref: json(ref), done_at: now })
      .where('id', '=', effect)
      .where('state', '=', 'sent')
      .returning(['id', 'makes', 'attempt'])
      .executeTakeFirst();
    if (done === undefined) return;
    await tx
      .updateTable('attempts')
      .set({ outcome: 'done' })
      .where('effect_id', '=', effect)
      .where('attempt', '=', done.attempt)
      .execute();
    await keepRefs(tx, batch, effect, ref);
    if (done.makes === 'person') await keepPerson(tx, batch, ref);
    if (done.makes === 'thread') await keepThread(tx, batch, ref, now);
    else if (ref.data !== undefined) await keepThreadData(tx, batch, ref);
    if (ref.label !== undefined) await tx.updateTable('batches').set({ label: ref.label }).where('id', '=', batch.id).execute();
    await sql`update destinations set failing_since = null where id = ${batch.destination_id} and failing_since is not null`.execute(
      tx,
    );
  });

type Done = Pick<BatchRow, 'account_id' | 'conversation_id' | 'destination_id'>;

async function keepRefs(tx: Tx, row: Done, effect: EffectId, ref: RemoteRef): Promise<void> {
  for (const id of ref.ids) {
    await tx
      .insertInto('remote_refs')
      .values({ account_id: row.account_id, remote_id: id, conversation_id: row.conversation_id, effect_id: effect })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

async function keepPerson(tx: Tx, row: Done, ref: RemoteRef): Promise<void> {
  await sql`
    insert into people (account_id, app_user_id, remote_id, profile_hash)
    select ${row.account_id}, app_user_id, ${ref.person ?? null}, ${ref.profileHash ?? ''} from conversations where id = ${row.conversation_id}
    on conflict (account_id, app_user_id) do update
    set remote_id = excluded.remote_id, profile_hash = excluded.profile_hash, gone = false`.execute(tx);
}

/** The thread appears together with what was said about it before we knew it. */
async function keepThread(tx: Tx, row: Done, ref: RemoteRef, now: number): Promise<void> {
  if (ref.thread === undefined) throw new Error('perform: an effect that makes a thread returned none');
  await lockThreadRef(tx, row.account_id, ref.thread);
  await sql`
    insert into threads (id, account_id, conversation_id, destination_id, remote_id, label, state, data, created_at)
    values (${newId<ThreadId>()}, ${row.account_id}, ${row.conversation_id}, ${row.destination_id}, ${ref.thread},
      ${ref.label ?? ref.thread}, 'open', ${json(ref.data ?? {})}, ${now})
    on conflict (account_id, remote_id) do nothing`.execute(tx);
  await sql`
    update inbound_events set state = 'held'
    where account_id = ${row.account_id} and thread = ${ref.thread} and state = 'unmatched'`.execute(tx);
}

const keepThreadData = (tx: Tx, row: Done, ref: RemoteRef): Promise<unknown> =>
  sql`
    update threads set data = data || ${json(ref.data ?? {})}
    where conversation_id = ${row.conversation_id} and destination_id = ${row.destination_id} and state = 'open'`.execute(tx);
