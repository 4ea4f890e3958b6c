import type { AppId, AppUserId, ConversationId } from '../../domain/ids.ts';
import type { Tx } from '../db.ts';

export interface LockedConversation {
  readonly id: ConversationId;
  readonly app_id: AppId;
  readonly app_user_id: AppUserId;
  readonly last_seq: number;
}

/** Takes the conversation's lock, which accept, settling and the inbound side share: what one of them decides, the others see. */
export const lockConversation = (tx: Tx, id: ConversationId): Promise<LockedConversation | undefined> =>
  tx
    .selectFrom('conversations')
    .select(['id', 'app_id', 'app_user_id', 'last_seq'])
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
