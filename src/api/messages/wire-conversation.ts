import type { ConversationState } from '../../db/conversations.ts';
import type { JsonObject } from '../../domain/json.ts';

/** A conversation as the wire shows it. Times are seconds since the epoch, with fractions. */
export const wireConversation = (conversation: ConversationState): JsonObject => ({
  _id: conversation.id,
  unreadCount: conversation.unread_count,
  ...(conversation.app_maker_last_read !== null && { appMakerLastRead: conversation.app_maker_last_read / 1_000 }),
  ...(conversation.app_user_last_read !== null && { appUserLastRead: conversation.app_user_last_read / 1_000 }),
});
