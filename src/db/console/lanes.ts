import { sql } from 'kysely';
import type { ConversationId, DestinationId, IntegrationId, WebhookId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { WaitWhy } from '../../domain/lane-state.ts';
import type { Db } from '../db.ts';
import type { IntegrationRow } from '../schema.ts';

/** One conversation's way to one destination, as people see it. Times are epoch milliseconds. */
export interface LaneView {
  readonly conversation: ConversationId;
  readonly destination: DestinationId;
  readonly integration: IntegrationId | null;
  readonly webhook: WebhookId | null;
  readonly system: string;
  readonly label: string;
  readonly accountKey: string;
  readonly accountData: JsonObject;
  readonly removedAt: number | null;
  readonly parkedReason: string | null;
  readonly status: IntegrationRow['status'] | null;
  readonly progress: string | null;
  readonly until: number | null;
  readonly why: WaitWhy | null;
  readonly windowMs: number;
  /** Up to here messages can only go along with a later one of the app user. */
  readonly barrenSeq: number;
  readonly waiting: number;
  readonly refused: number;
}

/** The lanes of conversations. */
export async function readLanes(db: Db, conversations: readonly ConversationId[]): Promise<readonly LaneView[]> {
  const result = await sql<LaneView>`
    select l.conversation_id as conversation, d.id as destination, d.integration_id as integration, d.webhook_id as webhook,
      d.system, d.label, a.key as "accountKey", a.data as "accountData", d.removed_at as "removedAt",
      case when d.parked_generation >= d.generation then coalesce(d.parked_reason, 'it needs a repair') end as "parkedReason",
      i.status, i.progress, l.until, l.why, d.window_ms as "windowMs", l.barren_seq as "barrenSeq",
      (select count(*) from deliveries m where m.conversation_id = l.conversation_id and m.destination_id = l.destination_id
        and m.state in ('waiting', 'sending')) as waiting,
      (select count(*) from deliveries m where m.conversation_id = l.conversation_id and m.destination_id = l.destination_id
        and m.state = 'parked') as refused
    from lanes l
    join destinations d on d.id = l.destination_id
    join accounts a on a.id = d.account_id
    left join integrations i on i.id = d.integration_id
    where l.conversation_id = any (${[...conversations]}::text[])
    order by d.created_at, d.id`.execute(db);
  return result.rows;
}
