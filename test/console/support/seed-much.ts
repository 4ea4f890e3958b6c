import { sql } from 'kysely';
import type { Db } from '../../../src/db/db.ts';
import type { ConnectedAccount } from '../../api/support/connected-account.ts';
import type { AppId } from '../../../src/domain/ids.ts';

/** How much there is. */
export interface Amount {
  readonly conversations: number;
  /** In each conversation. */
  readonly messages: number;
}

export interface Seeding extends Amount {
  readonly app: AppId;
  /** Everything is delivered there, */
  readonly well: ConnectedAccount;
  /** and here the last message of every tenth conversation waits, */
  readonly parked: ConnectedAccount;
  readonly now: number;
}

/** An id of the usual form: a letter for the kind, and a number. */
const id = (kind: string, number: string) => sql.raw(`'${kind}' || lpad(to_hex(${number}), 23, '0')`);

/** The nth conversation of a database that was filled. */
export const nthConversation = (n: number): string => `c${n.toString(16).padStart(23, '0')}`;

/**
 * Fills a database as years of use leave it: users with conversations, all that was said, and how it was delivered. Some messages
 * wait for a parked account, some were refused, some lanes wait for an account that is out of order.
 */
export async function seedMuch(db: Db, { app, well, parked, now, ...amount }: Seeding): Promise<void> {
  const { conversations, messages } = amount;
  const users = sql`generate_series(1, ${sql.lit(conversations)}) as n`;
  const said = sql`${users}, generate_series(1, ${sql.lit(messages)}) as s`;
  const at = sql`${sql.lit(now)}::bigint - (${sql.lit(conversations)} - n) * 60000 - (${sql.lit(messages)} - s) * 1000`;
  const statements = [
    sql`insert into app_users (id, app_id, user_id, given_name, surname, email, created_at)
      select ${id('a', 'n')}, ${app}, 'user-' || n, 'Given' || n % 977, 'Sur' || n, 'user' || n || '@example.com', ${now}::bigint from ${users}`,
    sql`insert into conversations (id, app_id, app_user_id, last_seq, last_message_at)
      select ${id('c', 'n')}, ${app}, ${id('a', 'n')}, ${messages}::int,
        ${now}::bigint - (${sql.lit(conversations)} - n) * 60000 from ${users}`,
    sql`insert into messages (id, conversation_id, seq, role, content, author, source, accepted_at)
      select ${id('m', `n * 1000 + s`)}, ${id('c', 'n')}, s, case when s % 3 = 0 then 'appMaker' else 'appUser' end,
        jsonb_build_object('type', 'text', 'text', 'Something that somebody said, number ' || s), '{}', '{"type":"api"}', ${at} from ${said}`,
    sql`insert into deliveries (conversation_id, destination_id, seq, state, batch_id, problem, accepted_at, delivered_at)
      select ${id('c', 'n')}, ${well.destination}, s, case when n % 500 = 0 and s = ${messages}::int then 'parked' else 'delivered' end,
        ${id('b', `n * 1000 + (s - 1) / 5`)}, case when n % 500 = 0 and s = ${messages}::int then 'Zendesk answers 422' end, ${at}, ${at} from ${said}`,
    sql`insert into deliveries (conversation_id, destination_id, seq, state, accepted_at)
      select ${id('c', 'n')}, ${parked.destination}, ${messages}::int, 'waiting', ${now}::bigint from ${users} where n % 10 = 0`,
    sql`insert into lanes (conversation_id, destination_id, rung_seq, heard_seq, taken_seq, until, why)
      select ${id('c', 'n')}, ${well.destination}, ${messages}::int, ${messages}::int, ${messages}::int,
        case when n % 400 = 0 then ${now}::bigint + 600000 end,
        case when n % 400 = 0 then ${JSON.stringify({ kind: 'unavailable', said: 'Zendesk answers 503', since: now })}::jsonb end
      from ${users}`,
    sql`insert into lanes (conversation_id, destination_id, rung_seq)
      select ${id('c', 'n')}, ${parked.destination}, ${messages}::int from ${users} where n % 10 = 0`,
    sql`insert into threads (id, account_id, conversation_id, destination_id, remote_id, label, state, created_at)
      select ${id('d', 'n')}, ${well.account}, ${id('c', 'n')}, ${well.destination}, n::text, 'ticket ' || n, 'open', ${now}::bigint - n from ${users}`,
    sql`insert into batches (id, conversation_id, destination_id, account_id, role, nonce, seqs, label, is_planned, opened_at, settled_at)
      select ${id('b', `n * 1000 + s - 1`)}, ${id('c', 'n')}, ${well.destination}, ${well.account}, 'appUser', 'nonce',
        array(select generate_series((s - 1) * 5 + 1, s * 5)), 'ticket ' || n, true, ${now}::bigint - n * 1000, ${now}::bigint
      from ${users}, generate_series(1, ${sql.lit(Math.ceil(messages / 5))}) as s`,
    sql`insert into effects (id, batch_id, account_id, ordinal, key, summary, seqs, state, attempt, write)
      select 'e' || substr(id, 2), id, account_id, 1, 'comment', 'add a comment', seqs, 'done', 2, '{}' from batches`,
    sql`insert into attempts (effect_id, attempt, at, outcome)
      select e.id, t, ${now}::bigint, case t when 1 then 'Zendesk answers 503' else 'done' end from effects e, generate_series(1, 2) as t`,
    sql`update destinations set parked_generation = 1, parked_reason = 'Zendesk no longer honours our access', parked_at = ${now}
      where id = ${parked.destination}`,
    sql`insert into audit (at, who, app_id, action, subject)
      select ${now}::bigint, 'ada@example.com', ${app}, 'tried again', 'something ' || n from ${users}`,
    sql`vacuum analyze`,
  ];
  for (const statement of statements) await statement.execute(db);
}
