import { sql } from 'kysely';
import type { ThreadBell } from '../../../activities/contract.ts';
import type { ConversationId } from '../../domain/ids.ts';
import { DAY, MINUTE, SECOND } from '../../domain/time.ts';
import type { Db } from '../db.ts';

export interface SweptThread extends ThreadBell {
  readonly conversation: ConversationId;
}

const DIRTY_FOR_MS = 5 * SECOND;
/** A collect that was rung gets so long before it is rung again. */
const PAUSE_MS = 20 * SECOND;
/** How long an event may wait for its thread to appear. */
const UNMATCHED_FOR_MS = DAY;

/** Claims threads that have been dirty for a while, of destinations that are not parked (rule R11). */
export async function sweepThreads(db: Db, now: number, limit: number): Promise<readonly SweptThread[]> {
  const result = await sql<SweptThread>`
    with due as (
      select t.id, d.system
      from threads t join destinations d on d.id = t.destination_id
      where t.dirty > t.clean and t.state in ('open', 'closed')
        and d.removed_at is null and d.parked_generation < d.generation
        and (t.until is null or t.until <= ${now}::bigint)
        and coalesce(t.dirty_at, 0) <= ${now - DIRTY_FOR_MS}::bigint and coalesce(t.rung_at, 0) <= ${now - PAUSE_MS}::bigint
      order by t.dirty_at limit ${limit}
      for update of t skip locked
    )
    update threads t set rung_at = ${now} from due where t.id = due.id
    returning t.conversation_id as conversation, t.id as thread, due.system, t.label`.execute(db);
  return result.rows;
}

/**
 * Brings to an end what events wait for: those whose thread never appeared are dropped; those that are held although no batch is
 * open make their thread dirty.
 */
export async function sweepEvents(db: Db, now: number): Promise<void> {
  await sql`
    update inbound_events set state = 'dropped', reason = 'no such thread appeared within 24 hours'
    where state = 'unmatched' and received_at <= ${now - UNMATCHED_FOR_MS}::bigint`.execute(db);
  await sql`
    with freed as (
      update inbound_events e set state = 'applied', reason = 'held without an open batch'
      from threads t join lanes l on l.conversation_id = t.conversation_id and l.destination_id = t.destination_id
      where e.state = 'held' and e.kind = 'notice' and e.received_at <= ${now - MINUTE}::bigint
        and t.account_id = e.account_id and t.remote_id = e.thread and l.batch_id is null
      returning t.id
    )
    update threads set dirty = dirty + 1, dirty_at = ${now} where id in (select id from freed)`.execute(db);
}
