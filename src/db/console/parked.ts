import { sql } from 'kysely';
import type { AppId, ConversationId, DestinationId, IntegrationId, WebhookId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';
import { isHeldBack, isThere } from './held-back.ts';
import { userName } from './search.ts';

/** Nobody reads a larger number. */
const MOST = 999;

/** How many messages of an app wait for a person: refused ones, and all that wait for a destination that needs a repair. */
export async function countHeld(db: Db, app: AppId): Promise<number> {
  const result = await sql<{ count: number }>`
    select count(*) as count from (
      select from destinations d join deliveries m on m.destination_id = d.id
      where d.app_id = ${app} and m.state in ('waiting', 'sending', 'parked')
        and (m.state = 'parked' or ${isHeldBack}) and ${isThere}
      limit ${MOST}
    ) held`.execute(db);
  return result.rows[0]?.count ?? 0;
}

/** A destination that takes nothing until somebody repairs it. Times are epoch milliseconds. */
export interface ParkedDestination {
  readonly destination: DestinationId;
  readonly integration: IntegrationId | null;
  readonly webhook: WebhookId | null;
  readonly system: string;
  readonly label: string;
  readonly accountKey: string;
  readonly removedAt: number | null;
  readonly reason: string | null;
  readonly parkedAt: number | null;
  /** How many messages wait, of how many conversations; up to ten thousand are counted. */
  readonly held: number;
  readonly conversations: number;
  /** When the one was accepted that has waited longest. */
  readonly oldestAt: number | null;
}

/** The app's parked destinations, and removed ones for which something is held; those with the longest wait first. */
export async function listParked(db: Db, app: AppId): Promise<readonly ParkedDestination[]> {
  const result = await sql<ParkedDestination>`
    select d.id as destination, d.integration_id as integration, d.webhook_id as webhook, d.system, d.label, a.key as "accountKey",
      d.removed_at as "removedAt", d.parked_reason as reason, d.parked_at as "parkedAt", held.held, held.conversations, held."oldestAt"
    from destinations d
    join accounts a on a.id = d.account_id
    cross join lateral (
      select count(*) as held, count(distinct conversation_id) as conversations, min(accepted_at) as "oldestAt"
      from (select conversation_id, accepted_at from deliveries m where m.destination_id = d.id and m.state in ('waiting', 'sending')
        limit 10000) counted
    ) held
    where d.app_id = ${app} and ${isThere} and ${isHeldBack}
      and (held.held > 0 or d.removed_at is null)
    order by held."oldestAt" nulls last, d.id`.execute(db);
  return result.rows;
}

/** A message that its destination refused in every form. */
export interface Refused {
  readonly conversation: ConversationId;
  readonly destination: DestinationId;
  readonly label: string;
  readonly seq: number;
  readonly problem: string | null;
  readonly acceptedAt: number;
  readonly user: string;
}

/** The app's refused messages, by destination and conversation. */
export async function listRefused(db: Db, app: AppId, limit: number): Promise<readonly Refused[]> {
  const result = await sql<Refused>`
    select m.conversation_id as conversation, m.destination_id as destination, d.label, m.seq, m.problem,
      m.accepted_at as "acceptedAt", ${userName} as "user"
    from destinations d
    join deliveries m on m.destination_id = d.id and m.state = 'parked'
    join conversations c on c.id = m.conversation_id
    join app_users u on u.id = c.app_user_id
    where d.app_id = ${app} and d.removed_at is null
    order by m.destination_id, m.conversation_id, m.seq limit ${limit}`.execute(db);
  return result.rows;
}

/** How far a retry is that somebody asked for. */
export interface RetryProgress {
  readonly destination: DestinationId;
  readonly label: string;
  readonly total: number;
  /** Of those that waited when it was asked for. */
  readonly left: number;
  readonly beganAt: number;
  /** It did not work: it needs a repair again. */
  readonly isParked: boolean;
}

/** The retries that are under way, however long they take, and all that were asked for since a time. */
export async function listRetries(db: Db, app: AppId, since: number): Promise<readonly RetryProgress[]> {
  const result = await sql<RetryProgress>`
    select r.destination_id as destination, d.label, r.total, r.began_at as "beganAt", held."left",
      d.parked_generation >= d.generation as "isParked"
    from retries r join destinations d on d.id = r.destination_id
    cross join lateral (
      select count(*) as "left" from (select from deliveries m where m.destination_id = d.id
        and m.state in ('waiting', 'sending') and m.accepted_at <= r.began_at limit greatest(r.total, 1)) counted
    ) held
    where d.app_id = ${app} and d.removed_at is null
      and (r.began_at > ${since}::bigint or (held."left" > 0 and d.parked_generation < d.generation))
    order by d.label`.execute(db);
  return result.rows;
}
