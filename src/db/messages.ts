import type { Selectable } from 'kysely';
import type { ConversationId } from '../domain/ids.ts';
import { Role } from '../domain/message.ts';
import type { Message } from '../domain/message.ts';
import type { Db } from './db.ts';
import type { MessageRow } from './schema.ts';

/** A part of a conversation's messages. Bounds are epoch milliseconds and exclusive. */
export type Slice =
  | { readonly kind: 'newest' }
  | { readonly kind: 'before'; readonly at: number }
  | { readonly kind: 'after'; readonly at: number };

/** Reads what was said next to a bound, or last; oldest first. */
export async function readMessages(
  db: Db,
  conversation: ConversationId,
  slice: Slice,
  limit: number,
): Promise<readonly Message[]> {
  const all = saidIn(db, conversation).selectAll().limit(limit);
  if (slice.kind === 'after') return (await all.where('accepted_at', '>', slice.at).orderBy('seq').execute()).map(toMessage);
  const older = slice.kind === 'before' ? all.where('accepted_at', '<', slice.at) : all;
  return (await older.orderBy('seq', 'desc').execute()).map(toMessage).toReversed();
}

/** The sequence number of what was said last; 0 before anything was. */
export async function lastSaid(db: Db, conversation: ConversationId): Promise<number> {
  const last = await saidIn(db, conversation).select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return last?.seq ?? 0;
}

/** Whether anything that was said before is still there: numbers begin at 1, but what is old may have been removed. */
export async function isSaidBefore(db: Db, conversation: ConversationId, seq: number): Promise<boolean> {
  const one = await saidIn(db, conversation).select('seq').where('seq', '<', seq).limit(1).executeTakeFirst();
  return one !== undefined;
}

/** The messages of a conversation, without the activities. */
export const saidIn = (db: Db, conversation: ConversationId) =>
  db.selectFrom('messages').where('conversation_id', '=', conversation).where('role', 'in', Object.values(Role));

/** The message that the client sent under this id of its own. */
export async function findByClientId(db: Db, conversation: ConversationId, clientId: string): Promise<Message | undefined> {
  const row = await db
    .selectFrom('messages')
    .selectAll()
    .where('conversation_id', '=', conversation)
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  return row === undefined ? undefined : toMessage(row);
}

const toMessage = (row: Selectable<MessageRow>): Message => ({
  id: row.id,
  seq: row.seq,
  role: row.role,
  content: row.content,
  author: row.author,
  source: row.source,
  acceptedAt: row.accepted_at,
});
