import { sql } from 'kysely';
import type { LaneBell } from '../../../activities/contract.ts';
import type { ConversationId } from '../../domain/ids.ts';
import { MINUTE, SECOND } from '../../domain/time.ts';
import type { Db } from '../db.ts';

export interface SweptLane extends LaneBell {
  readonly conversation: ConversationId;
  readonly rung_seq: number;
}

/** A bell that did not get through is rung again after this; */
const LOST_AFTER_MS = 2 * SECOND;
/** what waits without a reason is rung again after this, whatever became of its bells; */
const STUCK_AFTER_MS = MINUTE;
/** and what was parked and repaired with this pause. */
const REPAIR_PAUSE_MS = 10 * SECOND;

/**
 * Claims lanes that are behind, not parked and not waiting, and are to be rung (rule R9). The claim is a short update, so that
 * several processes may sweep and none holds a lock while it rings.
 */
export async function sweepLanes(db: Db, now: number, limit: number): Promise<readonly SweptLane[]> {
  const result = await sql<SweptLane>`
    with undelivered as (
      select conversation_id, destination_id, min(accepted_at) as since, max(seq) as last_seq,
        min(accepted_at) filter (where state = 'sending') as sending_since
      from deliveries where state in ('waiting', 'sending') group by 1, 2
      union all
      select conversation_id, destination_id, opened_at, 0, opened_at from batches
      where id in (select batch_id from lanes where batch_id is not null)
    ), behind as (
      select conversation_id, destination_id, min(since) as since, max(last_seq) as last_seq, min(sending_since) as sending_since
      from undelivered group by 1, 2
    ), due as (
      select l.conversation_id, l.destination_id, b.since, d.system, d.label, d.window_ms
      from behind b
      join lanes l using (conversation_id, destination_id)
      join destinations d on d.id = l.destination_id
      where d.removed_at is null and d.parked_generation < d.generation
        and (b.sending_since is not null or b.last_seq > l.barren_seq)
        and (
          (l.generation < d.generation and l.swept_at <= ${now - REPAIR_PAUSE_MS}::bigint)
          or ((l.until is null or l.until <= ${now}::bigint) and (
            (l.rung_seq > l.heard_seq and greatest(b.since, l.swept_at) <= ${now - LOST_AFTER_MS}::bigint)
            or greatest(b.since, l.swept_at, coalesce(l.until, 0)) <= ${now - STUCK_AFTER_MS}::bigint
          ))
        )
      order by b.since limit ${limit}
      for update of l skip locked
    )
    update lanes l set swept_at = ${now}
    from due
    where l.conversation_id = due.conversation_id and l.destination_id = due.destination_id
    returning l.conversation_id as conversation, l.destination_id as destination, due.system, due.label,
      due.window_ms as "windowMs", due.since, l.rung_seq`.execute(db);
  return result.rows;
}
