import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { ConversationId, DestinationId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';

/**
 * When the oldest message that a round of a lane could send was accepted, in epoch milliseconds, or null; an open batch counts as of
 * its opening. Messages that only an app user's next message can bring along (`barren_seq`) do not count: there is nothing to do
 * for them.
 * @param lane how the lane's row is called in the statement.
 */
export const oldestIn = (lane: string): RawBuilder<number | null> => {
  const l = sql.raw(lane);
  return sql<number | null>`least(
    (select min(d.accepted_at) from deliveries d
     where d.conversation_id = ${l}.conversation_id and d.destination_id = ${l}.destination_id
       and d.state in ('waiting', 'sending') and (d.state = 'sending' or d.seq > ${l}.barren_seq)),
    (select b.opened_at from batches b where b.id = ${l}.batch_id)
  )`;
};

/** The same of one lane. */
export async function oldestWaiting(
  db: Db,
  conversation: ConversationId,
  destination: DestinationId,
): Promise<number | undefined> {
  const result = await sql<{ since: number | null }>`
    select ${oldestIn('l')} as since from lanes l
    where l.conversation_id = ${conversation} and l.destination_id = ${destination}`.execute(db);
  return result.rows[0]?.since ?? undefined;
}
