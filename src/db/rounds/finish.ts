import { sql } from 'kysely';
import type { RemoteRef } from '../../../activities/batch.ts';
import type { Finish } from '../../../activities/round-store.ts';
import type { ThreadId } from '../../domain/ids.ts';
import { json } from '../db.ts';
import type { Db, Tx } from '../db.ts';
import { lockThreadRef } from '../inbound/lock.ts';
import { newId } from '../new-id.ts';
import type { BatchRow } from '../schema.ts';

type Batch = Pick<BatchRow, 'account_id' | 'conversation_id' | 'destination_id'>;

/** Makes a `sent` effect `done`, with all that follows from what it returned. */
export async function finish(db: Db, done: Finish): Promise<void> {
  const { ref, now } = done;
  const { thread } = ref;
  if (thread === undefined) return void (await markDone(db, done));
  await db.transaction().execute(async (tx) => {
    const batch = await markDone(tx, done);
    if (batch !== undefined) await keepThread(tx, batch, { ...ref, thread }, now);
  });
}

/**
 * One statement. The batch's row is locked before the effect's, as everywhere: two transactions that lock both never wait for each
 * other in a circle.
 * @returns the batch, if the effect made a thread by this.
 */
async function markDone(db: Db, { effect, ref, now }: Finish): Promise<Batch | undefined> {
  const result = await sql<Batch>`
    with batch as (
      select b.id, b.account_id, b.conversation_id, b.destination_id
      from batches b join effects e on e.batch_id = b.id where e.id = ${effect} for update of b
    ), done as (
      update effects e set state = 'done', ref = ${json(ref)}, done_at = ${now} from batch
      where e.id = ${effect} and e.batch_id = batch.id and e.state = 'sent'
      returning e.attempt, e.makes, batch.id, batch.account_id, batch.conversation_id, batch.destination_id
    ), attempt as (
      update attempts a set outcome = 'done' from done where a.effect_id = ${effect} and a.attempt = done.attempt
    ), met as (
      insert into remote_refs (account_id, remote_id, conversation_id, effect_id)
      select account_id, unnest(${[...ref.ids]}::text[]), conversation_id, ${effect} from done
      on conflict do nothing
    ), person as (
      insert into people (account_id, app_user_id, remote_id, profile_hash)
      select done.account_id, c.app_user_id, ${ref.person ?? null}, ${ref.profileHash ?? ''}
      from done join conversations c on c.id = done.conversation_id where done.makes = 'person'
      on conflict (account_id, app_user_id) do update
      set remote_id = excluded.remote_id, profile_hash = excluded.profile_hash, gone = false
    ), thread as (
      update threads t set data = data || ${json(ref.data ?? {})} from done
      where t.conversation_id = done.conversation_id and t.destination_id = done.destination_id and t.state = 'open'
        and done.makes is distinct from 'thread' and ${ref.data !== undefined}
    ), label as (
      update batches b set label = ${ref.label ?? null} from done where b.id = done.id and ${ref.label !== undefined}
    ), works as (
      update destinations d set failing_since = null from done where d.id = done.destination_id and d.failing_since is not null
    )
    select account_id, conversation_id, destination_id from done where makes = 'thread'`.execute(db);
  return result.rows[0];
}

/** The thread appears together with what was said about it before we knew it. */
async function keepThread(tx: Tx, batch: Batch, ref: RemoteRef & { readonly thread: string }, now: number): Promise<void> {
  await lockThreadRef(tx, batch.account_id, ref.thread);
  const kept = await sql<{ is_ours: boolean }>`
    insert into threads as t (id, account_id, conversation_id, destination_id, remote_id, label, state, data, created_at)
    values (${newId<ThreadId>()}, ${batch.account_id}, ${batch.conversation_id}, ${batch.destination_id}, ${ref.thread},
      ${ref.label ?? ref.thread}, 'open', ${json(ref.data ?? {})}, ${now})
    on conflict (account_id, remote_id) do update set label = t.label
    returning conversation_id = ${batch.conversation_id} as is_ours`.execute(tx);
  // What two conversations share would show each what the other says. Whatever the system says, this is not ours.
  if (kept.rows[0]?.is_ours !== true)
    throw new Error(`finish: the thread belongs to another conversation [conversation=${batch.conversation_id}]`);
  await sql`
    update inbound_events set state = 'held'
    where account_id = ${batch.account_id} and thread = ${ref.thread} and state = 'unmatched'`.execute(tx);
}
