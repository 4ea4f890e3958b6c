import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { MovedThread } from '../../../activities/business-system.ts';
import type { ThreadId } from '../../domain/ids.ts';
import { json } from '../db.ts';
import type { Tx } from '../db.ts';
import { lockThreadRef } from '../inbound/lock.ts';
import { newId } from '../new-id.ts';
import type { ThreadRow } from '../schema.ts';

type Thread = Pick<Selectable<ThreadRow>, 'id' | 'account_id' | 'conversation_id' | 'destination_id'>;

/**
 * A thread was merged into another one, in which the conversation goes on: the other is its open thread from now on, and dirty,
 * because something may have been said there. This one stays, closed, for what was said in it before and is not fetched yet.
 * Where the conversation has opened another thread meanwhile, or the other one is somebody else's, this one only ends.
 */
export async function moveThread(tx: Tx, thread: Thread, to: MovedThread, now: number): Promise<void> {
  await lockThreadRef(tx, thread.account_id, to.remoteId);
  await tx.updateTable('threads').set({ state: 'closed' }).where('id', '=', thread.id).execute();
  if (await hasOpen(tx, thread)) return;
  const there = await tx
    .selectFrom('threads')
    .select(['id', 'conversation_id', 'destination_id'])
    .where('account_id', '=', thread.account_id)
    .where('remote_id', '=', to.remoteId)
    .executeTakeFirst();
  const isOurs = there?.conversation_id === thread.conversation_id && there.destination_id === thread.destination_id;
  if (there === undefined) await begin(tx, thread, to, now);
  else if (isOurs) await reopen(tx, there.id, to, now);
}

async function hasOpen(tx: Tx, thread: Thread): Promise<boolean> {
  const open = await tx
    .selectFrom('threads')
    .select('id')
    .where('conversation_id', '=', thread.conversation_id)
    .where('destination_id', '=', thread.destination_id)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return open !== undefined;
}

async function begin(tx: Tx, thread: Thread, to: MovedThread, now: number): Promise<void> {
  await sql`
    insert into threads (id, account_id, conversation_id, destination_id, remote_id, label, state, data, dirty, dirty_at, created_at)
    values (${newId<ThreadId>()}, ${thread.account_id}, ${thread.conversation_id}, ${thread.destination_id}, ${to.remoteId},
      ${to.label}, 'open', ${json(to.data)}, 1, ${now}, ${now})`.execute(tx);
  await sql`
    update inbound_events set state = 'applied', reason = 'its thread took in one of ours'
    where account_id = ${thread.account_id} and thread = ${to.remoteId} and state = 'unmatched' and kind = 'notice'`.execute(tx);
}

const reopen = (tx: Tx, id: ThreadId, to: MovedThread, now: number): Promise<unknown> =>
  sql`
    update threads set state = 'open', data = data || ${json(to.data)}, dirty = dirty + 1, dirty_at = ${now}
    where id = ${id}`.execute(tx);
