import type { Selectable } from 'kysely';
import type { ConversationId } from '../domain/ids.ts';
import type { Role } from '../domain/message.ts';
import type { Db } from './db.ts';
import type { ConversationRow } from './schema.ts';

/** What a conversation tells about itself. Times are epoch milliseconds. */
export type ConversationState = Pick<
  Selectable<ConversationRow>,
  'id' | 'unread_count' | 'app_user_last_read' | 'app_maker_last_read'
>;

const STATE = ['id', 'unread_count', 'app_user_last_read', 'app_maker_last_read'] as const;

/** Reads a conversation that is known to exist. */
export const readConversation = (db: Db, id: ConversationId): Promise<ConversationState> =>
  db.selectFrom('conversations').select(STATE).where('id', '=', id).executeTakeFirstOrThrow();

/** One side has read everything up to now. What the app user has read is no longer unread. */
export const markRead = (db: Db, id: ConversationId, by: Role, now: number): Promise<ConversationState> =>
  db
    .updateTable('conversations')
    .set(by === 'appUser' ? { unread_count: 0, app_user_last_read: now } : { app_maker_last_read: now })
    .where('id', '=', id)
    .returning(STATE)
    .executeTakeFirstOrThrow();
