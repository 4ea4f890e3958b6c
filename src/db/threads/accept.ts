import { sql } from 'kysely';
import type { LaneBell } from '../../../activities/contract.ts';
import type { AcceptCollected, AcceptedReplies } from '../../../activities/thread-store.ts';
import type { AccountId, ConversationId } from '../../domain/ids.ts';
import { acceptReply } from '../accept-reply.ts';
import { json } from '../db.ts';
import type { Db, Tx } from '../db.ts';
import { lockConversation } from '../rounds/lock.ts';
import { lanesBehind } from './behind.ts';

const NOTHING: AcceptedReplies = { seqs: [], behind: [], undecided: true };

/**
 * Takes in what agents wrote, each reply once by its remote id, under the conversation's lock. While a write of ours to the thread
 * is undecided it takes nothing: what was fetched may be our own (rule R13).
 */
export const acceptCollected = (db: Db, collected: AcceptCollected): Promise<AcceptedReplies> =>
  db.transaction().execute(async (tx) => {
    const thread = await readThread(tx, collected);
    await lockConversation(tx, thread.conversation_id);
    if (await hasUndecided(tx, thread)) return NOTHING;
    const seqs: number[] = [];
    for (const item of collected.diverted ? [] : collected.items) {
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
    await markClean(tx, collected);
    return { seqs, behind: await ringBehind(tx, thread.conversation_id), undecided: false };
  });

const readThread = (tx: Tx, { thread }: AcceptCollected) =>
  tx
    .selectFrom('threads as t')
    .innerJoin('destinations as d', 'd.id', 't.destination_id')
    .select(['t.conversation_id', 't.destination_id', 't.account_id', 'd.system'])
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

/** Clean up to what was read before the fetch: what became dirty since then is fetched again (rule R11). */
const markClean = (tx: Tx, collected: AcceptCollected): Promise<unknown> =>
  sql`
    update threads
    set clean = greatest(clean, ${collected.dirty}), cursor = ${json(collected.cursor)},
      state = case when ${collected.diverted} then 'diverted' when state = 'open' then coalesce(${collected.state ?? null}, state) else state end,
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
