import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { MovedThread } from '../../../activities/business-system.ts';
import type { ThreadId } from '../../domain/ids.ts';
import { json } from '../db.ts';
import type { Tx } from '../db.ts';
import { lockThreadRef } from '../inbound/lock.ts';
import type { ThreadRow } from '../schema.ts';

/**
 * A thread goes on in the one that it was merged into: under that one's id from now on, and dirty, because something may have been
 * said there. Where that one was a thread of ours already, this one ends: the other is open again if it is the same conversation's.
 * Where the conversation has opened another thread meanwhile, that one stays.
 */
export async function moveThread(tx: Tx, id: ThreadId, to: MovedThread, now: number): Promise<void> {
  const thread = await tx.selectFrom('threads').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  await lockThreadRef(tx, thread.account_id, to.remoteId);
  if (await hasOther(tx, thread)) return void (await setState(tx, id, 'closed'));
  const there = await tx
    .selectFrom('threads')
    .select(['id', 'conversation_id', 'destination_id'])
    .where('account_id', '=', thread.account_id)
    .where('remote_id', '=', to.remoteId)
    .executeTakeFirst();
  if (there === undefined) await rename(tx, thread, to, now);
  else {
    await setState(tx, id, 'closed');
    const isOurs = there.conversation_id === thread.conversation_id && there.destination_id === thread.destination_id;
    if (isOurs) await setState(tx, there.id, 'open');
  }
}

async function hasOther(tx: Tx, thread: Selectable<ThreadRow>): Promise<boolean> {
  const other = await tx
    .selectFrom('threads')
    .select('id')
    .where('conversation_id', '=', thread.conversation_id)
    .where('destination_id', '=', thread.destination_id)
    .where('state', '=', 'open')
    .where('id', '!=', thread.id)
    .executeTakeFirst();
  return other !== undefined;
}

const setState = (tx: Tx, id: ThreadId, state: ThreadRow['state']): Promise<unknown> =>
  tx.updateTable('threads').set({ state }).where('id', '=', id).execute();

async function rename(tx: Tx, thread: Selectable<ThreadRow>, to: MovedThread, now: number): Promise<void> {
  await sql`
    update threads
    set remote_id = ${to.remoteId}, label = ${to.label}, data = data || ${json(to.data)}, state = 'open', version = null,
      dirty = dirty + 1, dirty_at = ${now}
    where id = ${thread.id}`.execute(tx);
  await sql`
    update inbound_events set state = 'applied', reason = 'its thread was merged into ours'
    where account_id = ${thread.account_id} and thread = ${to.remoteId} and state = 'unmatched' and kind = 'notice'`.execute(tx);
}
