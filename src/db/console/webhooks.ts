import { sql } from 'kysely';
import type { AppId, WebhookId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';

/** A webhook as lists show it. Times are epoch milliseconds. */
export interface WebhookState {
  readonly id: WebhookId;
  readonly target: string;
  readonly triggers: readonly string[];
  readonly parkedReason: string | null;
  readonly parkedAt: number | null;
  readonly failingSince: number | null;
  /** How many messages wait for it, and how many it refused; up to a thousand each. */
  readonly held: number;
  readonly refused: number;
}

/** The app's webhooks, oldest first. */
export async function webhookStates(db: Db, app: AppId): Promise<readonly WebhookState[]> {
  const result = await sql<WebhookState>`
    select w.id, w.target, w.triggers, d.failing_since as "failingSince",
      case when d.parked_generation >= d.generation then coalesce(d.parked_reason, 'it needs a repair') end as "parkedReason",
      case when d.parked_generation >= d.generation then d.parked_at end as "parkedAt",
      (select count(*) from (select from deliveries m where m.destination_id = d.id
        and m.state in ('waiting', 'sending') limit 1000) held) as held,
      (select count(*) from (select from deliveries m where m.destination_id = d.id
        and m.state = 'parked' limit 1000) refused) as refused
    from webhooks w join destinations d on d.webhook_id = w.id
    where w.app_id = ${app} and w.removed_at is null order by w.created_at, w.id`.execute(db);
  return result.rows;
}
