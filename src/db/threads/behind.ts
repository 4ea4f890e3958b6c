import { sql } from 'kysely';
import type { LaneBell } from '../../../activities/contract.ts';
import type { ConversationId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';

/** The lanes of a conversation in which something waits that a round could send. The ledger says so, not what was just accepted. */
export async function lanesBehind(db: Db, conversation: ConversationId): Promise<readonly LaneBell[]> {
  const result = await sql<LaneBell>`
    select l.destination_id as destination, d.system, d.label, d.window_ms as "windowMs", min(w.accepted_at) as since
    from lanes l
    join destinations d on d.id = l.destination_id
    join deliveries w on w.conversation_id = l.conversation_id and w.destination_id = l.destination_id
      and w.state = 'waiting' and w.seq > l.barren_seq
    where l.conversation_id = ${conversation} and d.removed_at is null
      and (d.parked_generation < d.generation or l.rung_seq > l.heard_seq)
    group by l.destination_id, d.system, d.label, d.window_ms
    order by l.destination_id`.execute(db);
  return result.rows;
}
