import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { OpenRound } from '../../../activities/round-store.ts';
import { toId } from '../../domain/ids.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { MessageRole } from '../../domain/message.ts';
import type { Tx } from '../db.ts';

/** More waiting messages than this are not looked at in one round; the next one takes the rest. */
const LOOK_AHEAD = 500;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

interface Waiting {
  readonly seq: number;
  readonly role: MessageRole;
  readonly bytes: number;
  /** Whether a thread is open. */
  readonly has_thread: boolean;
}

/**
 * Chooses the messages that go out together, and fixes the choice: those of one role from the oldest on, within the system's
 * limits. Where no thread is open, an app user's message opens it and what agents wrote before goes along; an activity opens none
 * and waits for none.
 * @returns the new batch, named after the round; or that there is nothing to send, or nothing before the app user writes.
 */
export async function freeze(tx: Tx, round: OpenRound, lastSeq: number): Promise<BatchId | 'nothing' | 'awaitsUser'> {
  const waiting = await readWaiting(tx, round);
  const opensThread = round.threads && waiting[0]?.has_thread === false;
  const activities = opensThread ? waiting.filter(({ role }) => role === 'profile') : [];
  if (activities.length > 0) return await store(tx, round, 'profile', activities);
  const start = opensThread ? waiting.findIndex((message) => message.role === 'appUser') : 0;
  const first = waiting[start];
  if (first === undefined) {
    if (waiting.length === 0) return 'nothing';
    await markBarren(tx, round, lastSeq);
    return 'awaitsUser';
  }
  const chosen = [...waiting.slice(0, start), ...run(waiting.slice(start), first.role, round.limit)];
  return await store(tx, round, first.role, chosen);
}

function run(waiting: readonly Waiting[], role: MessageRole, limit: OpenRound['limit']): readonly Waiting[] {
  let bytes = 0;
  let count = 0;
  for (const message of waiting) {
    bytes += message.bytes;
    const fits = count < limit.messages && bytes <= limit.bytes;
    if (message.role !== role || (count > 0 && !fits)) break;
    count += 1;
  }
  return waiting.slice(0, count);
}

async function store(tx: Tx, round: OpenRound, role: MessageRole, chosen: readonly Waiting[]): Promise<BatchId> {
  const id = toBatch(round);
  const seqs = chosen.map((message) => message.seq);
  const nonce = [...randomBytes(26)].map((byte) => BASE32[byte % 32]).join('');
  await sql`
    with batch as (
      insert into batches (id, conversation_id, destination_id, account_id, role, nonce, seqs, opened_at)
      select ${id}, ${round.conversation}, id, account_id, ${role}, ${nonce}, ${seqs}::int[], ${round.now}
      from destinations where id = ${round.destination}
    ), chosen as (
      update deliveries set state = 'sending', batch_id = ${id}
      where conversation_id = ${round.conversation} and destination_id = ${round.destination}
        and seq = any (${seqs}::int[]) and state = 'waiting'
    )
    update lanes set batch_id = ${id}
    where conversation_id = ${round.conversation} and destination_id = ${round.destination}`.execute(tx);
  return id;
}

async function readWaiting(tx: Tx, round: OpenRound): Promise<readonly Waiting[]> {
  const result = await sql<Waiting>`
    select d.seq, m.role, octet_length(m.content::text) as bytes, exists (
        select from threads t
        where t.conversation_id = ${round.conversation} and t.destination_id = ${round.destination} and t.state = 'open'
      ) as has_thread
    from deliveries d join messages m on m.conversation_id = d.conversation_id and m.seq = d.seq
    where d.conversation_id = ${round.conversation} and d.destination_id = ${round.destination} and d.state = 'waiting'
    order by d.seq limit ${LOOK_AHEAD}`.execute(tx);
  return result.rows;
}

/** What waits now can only go along with a later message: until one comes there is no reason to look again. */
const markBarren = (tx: Tx, round: OpenRound, lastSeq: number): Promise<unknown> =>
  tx
    .updateTable('lanes')
    .where('conversation_id', '=', round.conversation)
    .where('destination_id', '=', round.destination)
    .set({ barren_seq: lastSeq })
    .execute();

/** A batch carries the id of the round that froze it. */
export const toBatch = (round: OpenRound): BatchId => toId<BatchId>(round.round);
