import { sql } from 'kysely';
import type { AppId, ConversationId, DestinationId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Author, Content, MessageRole, Source } from '../../domain/message.ts';
import type { Db } from '../db.ts';
import type { DeliveryRow, EffectRow, ThreadRow } from '../schema.ts';
import { userName } from './search.ts';

export interface ConversationHead {
  readonly id: ConversationId;
  readonly app: AppId;
  readonly appUser: string;
  readonly user: string;
  readonly userId: string | null;
  readonly email: string | null;
  readonly lastSeq: number;
}

export async function readHead(db: Db, id: ConversationId): Promise<ConversationHead | undefined> {
  const result = await sql<ConversationHead>`
    select c.id, c.app_id as app, u.id as "appUser", ${userName} as "user", u.user_id as "userId", u.email, c.last_seq as "lastSeq"
    from conversations c join app_users u on u.id = c.app_user_id where c.id = ${id}`.execute(db);
  return result.rows[0];
}

export interface SaidMessage {
  readonly seq: number;
  readonly role: MessageRole;
  readonly content: Content;
  readonly author: Author;
  readonly source: Source;
  readonly acceptedAt: number;
}

/** The messages before one, or the newest ones, activities included; oldest first. */
export async function readSaid(
  db: Db,
  id: ConversationId,
  { before, limit }: { readonly before: number | undefined; readonly limit: number },
): Promise<readonly SaidMessage[]> {
  let query = db
    .selectFrom('messages')
    .select(['seq', 'role', 'content', 'author', 'source', 'accepted_at as acceptedAt'])
    .where('conversation_id', '=', id)
    .orderBy('seq', 'desc')
    .limit(limit);
  if (before !== undefined) query = query.where('seq', '<', before);
  return (await query.execute()).toReversed();
}

/** Where one message is, for one destination. */
export interface LedgerEntry {
  readonly seq: number;
  readonly destination: DestinationId;
  readonly state: DeliveryRow['state'];
  /** `plain`: the full form was refused. `missing`: only a line went out that it is missing. */
  readonly form: 'full' | 'plain' | 'missing';
  readonly problem: string | null;
  readonly deliveredAt: number | null;
  /** Whether it went out in a batch; one that came from there did not. */
  readonly isSent: boolean;
  /** The thread it went to. */
  readonly thread: string | null;
}

export async function readLedger(
  db: Db,
  id: ConversationId,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly LedgerEntry[]> {
  const result = await sql<LedgerEntry>`
    select m.seq, m.destination_id as destination, m.state, m.form, m.problem, m.delivered_at as "deliveredAt",
      m.batch_id is not null as "isSent", b.label as thread
    from deliveries m join destinations d on d.id = m.destination_id left join batches b on b.id = m.batch_id
    where m.conversation_id = ${id} and m.seq between ${from} and ${to}
    order by m.seq, d.created_at, d.id`.execute(db);
  return result.rows;
}

export interface ConversationThread {
  readonly destination: DestinationId;
  readonly label: string;
  readonly remoteId: string;
  readonly data: JsonObject;
  readonly state: ThreadRow['state'];
}

export const readThreads = (db: Db, id: ConversationId): Promise<readonly ConversationThread[]> =>
  db
    .selectFrom('threads')
    .select(['destination_id as destination', 'label', 'remote_id as remoteId', 'data', 'state'])
    .where('conversation_id', '=', id)
    .orderBy('created_at')
    .execute();

/** One try to write a message. */
export interface Try {
  readonly destination: DestinationId;
  readonly summary: string;
  readonly state: EffectRow['state'];
  readonly attempt: number | null;
  readonly at: number | null;
  /** `done`, what went wrong, or nothing yet. */
  readonly outcome: string | null;
}

/** All writes that carried a message, with their attempts, in the order in which they were made. */
export async function readTries(db: Db, id: ConversationId, seq: number): Promise<readonly Try[]> {
  const result = await sql<Try>`
    select b.destination_id as destination, e.summary, e.state, t.attempt, t.at, t.outcome
    from batches b join effects e on e.batch_id = b.id left join attempts t on t.effect_id = e.id
    where b.conversation_id = ${id} and b.seqs @> array[${seq}::int] and (e.seqs @> array[${seq}::int] or e.seqs = '{}')
      and (t.attempt is not null or e.state <> 'void')
    order by b.opened_at, e.ordinal, t.attempt`.execute(db);
  return result.rows;
}
