import { sql } from 'kysely';
import type { BatchId, ConversationId, DestinationId, EffectId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Db } from '../db.ts';
import type { EffectRow } from '../schema.ts';

/** One request to a webhook, with what became of it. Times are epoch milliseconds. */
export interface WebhookDelivery {
  readonly batch: BatchId;
  readonly effect: EffectId;
  readonly conversation: ConversationId;
  readonly seqs: readonly number[];
  readonly summary: string;
  readonly state: EffectRow['state'];
  readonly openedAt: number;
  readonly attempts: number;
  /** Of the last attempt: `done`, what went wrong, or nothing yet. */
  readonly outcome: string | null;
}

/** The newest requests to a webhook. */
export async function recentDeliveries(db: Db, destination: DestinationId, limit: number): Promise<readonly WebhookDelivery[]> {
  const result = await sql<WebhookDelivery>`
    select b.id as batch, e.id as effect, b.conversation_id as conversation, e.seqs, e.summary, e.state, b.opened_at as "openedAt",
      (select count(*) from attempts t where t.effect_id = e.id) as attempts,
      (select t.outcome from attempts t where t.effect_id = e.id order by t.attempt desc limit 1) as outcome
    from (select id, conversation_id, opened_at from batches where destination_id = ${destination}
      order by opened_at desc limit ${limit}) b
    join effects e on e.batch_id = b.id and (e.state <> 'void' or exists (select from attempts t where t.effect_id = e.id))
    order by b.opened_at desc, e.ordinal`.execute(db);
  return result.rows;
}

export interface SentEffect {
  readonly id: EffectId;
  readonly key: string;
  readonly summary: string;
  /** The stored bytes. */
  readonly write: JsonObject;
  readonly firstSentAt: number;
}

/** What was sent to a destination and answered, to be sent once more. */
export async function findSent(db: Db, destination: DestinationId, effect: string): Promise<SentEffect | undefined> {
  const row = await db
    .selectFrom('effects as e')
    .innerJoin('batches as b', 'b.id', 'e.batch_id')
    .select(['e.id', 'e.key', 'e.summary', 'e.bytes', 'e.first_sent_at'])
    .where('b.destination_id', '=', destination)
    .where('e.id', '=', sql<EffectId>`${effect}`)
    .where('e.state', '=', 'done')
    .executeTakeFirst();
  if (row === undefined || row.bytes === null) return undefined;
  return { id: row.id, key: row.key, summary: row.summary, write: row.bytes, firstSentAt: row.first_sent_at ?? 0 };
}

/** Notes one more attempt at something that is done. */
export async function noteResent(db: Db, effect: EffectId, now: number, outcome: string): Promise<void> {
  await sql`
    insert into attempts (effect_id, attempt, at, outcome)
    select ${effect}, coalesce(max(attempt), 0) + 1, ${now}::bigint, ${outcome} from attempts where effect_id = ${effect}`.execute(
    db,
  );
}
