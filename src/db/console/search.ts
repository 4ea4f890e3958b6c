import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { AppId, ConversationId } from '../../domain/ids.ts';
import { isId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';
import { isHeldBack, isThere } from './held-back.ts';

/** What conversations are looked for. */
export interface Search {
  readonly app: AppId;
  /** The beginning of a user's name, e-mail address or id, or an id of ours. */
  readonly text?: string | undefined;
  readonly system?: string | undefined;
  readonly state?: 'waiting' | 'parked' | 'delivered' | undefined;
  /** A part of what went wrong. */
  readonly error?: string | undefined;
  /** The last one that was shown: only those follow that were quiet for longer. */
  readonly after?: { readonly at: number; readonly id: string } | undefined;
}

export interface FoundConversation {
  readonly id: ConversationId;
  readonly user: string;
  readonly email: string | null;
  readonly messages: number;
  /** Epoch ms; 0 before anybody said anything. */
  readonly lastMessageAt: number;
}

/** Finds conversations, those with the newest messages first. */
export async function searchConversations(db: Db, search: Search, limit: number): Promise<readonly FoundConversation[]> {
  const { app, after } = search;
  const conditions = [
    sql`c.app_id = ${app}`,
    ...(after === undefined ? [] : [sql`(c.last_message_at, c.id) < (${after.at}::bigint, ${after.id})`]),
    ...(search.text === undefined ? [] : [byUser(app, search.text)]),
    ...(search.system === undefined ? [] : [bySystem(app, search.system)]),
    ...(search.state === undefined ? [] : [byState(app, search.state)]),
    ...(search.error === undefined ? [] : [byError(app, search.error)]),
  ];
  const result = await sql<FoundConversation>`
    select c.id, u.email, c.last_seq as messages, c.last_message_at as "lastMessageAt", ${userName} as "user"
    from conversations c join app_users u on u.id = c.app_user_id
    where ${sql.join(conditions, sql` and `)}
    order by c.last_message_at desc, c.id desc limit ${limit}`.execute(db);
  return result.rows;
}

/** How an app user is called. */
export const userName = sql<string>`coalesce(nullif(trim(concat_ws(' ', u.given_name, u.surname)), ''), u.user_id, 'Visitor')`;

type Condition = RawBuilder<unknown>;

/** Each way to find somebody is an index of its own. */
function byUser(app: AppId, text: string): Condition {
  if (isId(text)) return sql`(c.id = ${text} or c.app_user_id = ${text})`;
  const prefix = `${escaped(text.toLowerCase())}%`;
  return sql`c.app_user_id in (
    select id from app_users where app_id = ${app} and lower(coalesce(given_name, '') || ' ' || coalesce(surname, '')) like ${prefix}
    union select id from app_users where app_id = ${app} and lower(surname) like ${prefix}
    union select id from app_users where app_id = ${app} and lower(email) like ${prefix}
    union select id from app_users where app_id = ${app} and lower(user_id) like ${prefix})`;
}

const bySystem = (app: AppId, system: string): Condition =>
  sql`exists (select from lanes l where l.conversation_id = c.id
    and l.destination_id = any (array(select id from destinations where app_id = ${app} and system = ${system})))`;

function byState(app: AppId, state: NonNullable<Search['state']>): Condition {
  const rows = sql`select from deliveries m join destinations d on d.id = m.destination_id
    where m.conversation_id = c.id and ${isThere}`;
  const undelivered = sql`${rows} and m.state in ('waiting', 'sending')`;
  const refused = sql`exists (${rows} and m.state = 'parked')`;
  switch (state) {
    case 'parked':
      return sql`(${refused} or exists (${undelivered} and ${isHeldBack}))`;
    case 'waiting':
      return sql`c.id = any (array(
        select distinct m.conversation_id from destinations d join deliveries m on m.destination_id = d.id
        where d.app_id = ${app} and m.state in ('waiting', 'sending') and d.removed_at is null
          and d.parked_generation < d.generation))`;
    case 'delivered':
      return sql`c.last_seq > 0 and not exists (${undelivered}) and not ${refused}`;
  }
}

function byError(app: AppId, text: string): Condition {
  const part = `%${escaped(text)}%`;
  return sql`c.id = any (array(
    select l.conversation_id from lanes l join destinations d on d.id = l.destination_id
    where d.app_id = ${app} and l.why is not null and l.why ->> 'said' ilike ${part}
    union select m.conversation_id from deliveries m join destinations d on d.id = m.destination_id
    where d.app_id = ${app} and m.state in ('waiting', 'sending', 'parked')
      and (m.problem ilike ${part} or (d.parked_generation >= d.generation and d.parked_reason ilike ${part}))))`;
}

const escaped = (text: string): string => text.replace(/[\\%_]/g, String.raw`\$&`);
