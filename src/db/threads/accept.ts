import { sql } from 'kysely';
import type { SkippedReply } from '../../../activities/business-system.ts';
import type { LaneBell } from '../../../activities/contract.ts';
import type { AcceptCollected, AcceptedReplies } from '../../../activities/thread-store.ts';
import type { AccountId, ConversationId } from '../../domain/ids.ts';
import { acceptReply } from '../accept-reply.ts';
import { json } from '../db.ts';
import type { Db, Tx } from '../db.ts';
import { lockThreadRef } from '../inbound/lock.ts';
import { lockConversation } from '../rounds/lock.ts';
import { lanesBehind } from './behind.ts';
import { moveThread } from './move.ts';

const NOTHING: AcceptedReplies = { seqs: [], behind: [], skipped: [], undecided: true };

/**
 * Takes in what agents wrote, each reply once by its remote id, under the conversation's lock. While a write of ours to the thread
 * is undecided it takes nothing: what was fetched may be our own (rule R13).
 */
export const acceptCollected = (db: Db, collected: AcceptCollected): Promise<AcceptedReplies> =>
  db.transaction().execute(async (tx) => {
    const thread = await readThread(tx, collected);
    // In the order in which the inbound side takes them.
    if (collected.movedTo !== undefined) await lockThreadRef(tx, thread.account_id, collected.movedTo.remoteId);
    await lockConversation(tx, thread.conversation_id);
    if (await hasUndecided(tx, thread)) return NOTHING;
    const seqs: number[] = [];
    for (const item of collected.items) {
      if (await isKnown(tx, thread.account_id, item.remoteId)) continue;
      const accepted = await acceptReply(tx, {
        ...item,
        conversation: thread.conversation_id,
        system: thread.system,
        destination: thread.destination_id,
        account: thread.account_id,
        now: collected.now,
      });
      if (accepted !== undefined) seqs.push(accepted.seq);
    }
    const skipped = await noteSkipped(tx, thread, collected);
    await markClean(tx, collected);
    if (collected.person !== undefined) await keepPerson(tx, thread, collected.person);
    if (collected.movedTo !== undefined) await moveThread(tx, thread, collected.movedTo, collected.now);
    return { seqs, behind: await ringBehind(tx, thread.conversation_id), skipped, undecided: false };
  });

const readThread = (tx: Tx, { thread }: AcceptCollected) =>
  tx
    .selectFrom('threads as t')
    .innerJoin('destinations as d', 'd.id', 't.destination_id')
    .select(['t.id', 't.conversation_id', 't.destination_id', 't.account_id', 't.remote_id', 'd.system'])
    .where('t.id', '=', thread)
    .executeTakeFirstOrThrow();

async function hasUndecided(tx: Tx, thread: Awaited<ReturnType<typeof readThread>>): Promise<boolean> {
  const sent = await tx
    .selectFrom('effects as e')
    .innerJoin('lanes as l', 'l.batch_id', 'e.batch_id')
    .select('e.id')
    .where('l.conversation_id', '=', thread.conversation_id)
    .where('l.destination_id', '=', thread.destination_id)
    .where('e.state', '=', 'sent')
    .executeTakeFirst();
  return sent !== undefined;
}

async function isKnown(tx: Tx, account: AccountId, remoteId: string): Promise<boolean> {
  const ref = await tx
    .selectFrom('remote_refs')
    .select('remote_id')
    .where('account_id', '=', account)
    .where('remote_id', '=', remoteId)
    .executeTakeFirst();
  return ref !== undefined;
}

/** What is not taken stands among the account's events with the reason, so that it is seen, and told of once. */
async function noteSkipped(
  tx: Tx,
  thread: Awaited<ReturnType<typeof readThread>>,
  { skipped, now }: AcceptCollected,
): Promise<readonly SkippedReply[]> {
  const news: SkippedReply[] = [];
  for (const item of skipped) {
    const { account_id, remote_id, conversation_id } = thread;
    if (await isKnown(tx, account_id, item.remoteId)) continue;
    await tx.insertInto('remote_refs').values({ account_id, remote_id: item.remoteId, conversation_id }).execute();
    await tx
      .insertInto('inbound_events')
      .values({
        account_id,
        key: `skipped ${item.remoteId}`,
        kind: 'reply',
        thread: remote_id,
        remote_ids: [item.remoteId],
        body: null,
        state: 'ignored',
        reason: item.reason,
        received_at: now,
      })
      .onConflict((conflict) => conflict.columns(['account_id', 'key']).doNothing())
      .execute();
    news.push(item);
  }
  return news;
}

/** Our app user was merged into another person there. */
const keepPerson = (tx: Tx, thread: Awaited<ReturnType<typeof readThread>>, person: string): Promise<unknown> =>
  sql`
    update people p set remote_id = ${person}, gone = false
    from conversations c
    where c.id = ${thread.conversation_id} and p.app_user_id = c.app_user_id and p.account_id = ${thread.account_id}`.execute(tx);

/** Clean up to what was read before the fetch: what became dirty since then is fetched again (rule R11). */
const markClean = (tx: Tx, collected: AcceptCollected): Promise<unknown> =>
  sql`
    update threads
    set clean = greatest(clean, ${collected.dirty}), cursor = ${json(collected.cursor)},
      state = case when ${collected.state === 'diverted'} then 'diverted' when state = 'open' then coalesce(${collected.state ?? null}, state) else state end,
      writes = coalesce(${collected.writes === undefined ? null : [...collected.writes]}::bigint[], writes),
      data = data || ${json(collected.data)}, version = coalesce(${collected.version ?? null}, version),
      until = null, why = null, slot = null, failures = 0, failing_since = null
    where id = ${collected.thread}`.execute(tx);

/** The workflow learns of these lanes by the collect's result: that counts as rung. */
async function ringBehind(tx: Tx, conversation: ConversationId): Promise<readonly LaneBell[]> {
  const behind = await lanesBehind(tx, conversation);
  await sql`
    update lanes set heard_seq = rung_seq
    where conversation_id = ${conversation} and destination_id = any (${behind.map((lane) => lane.destination)}::text[])`.execute(
    tx,
  );
  return behind;
}
