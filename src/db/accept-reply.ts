import type { AccountId, ConversationId, DestinationId, MessageId } from '../domain/ids.ts';
import type { Author, Content } from '../domain/message.ts';
import { fromShorthand } from '../domain/shorthand.ts';
import { accept } from './accept.ts';
import type { Accepted } from './accept.ts';
import type { Db } from './db.ts';
import { newId } from './new-id.ts';

/** What an agent wrote in a business system. */
export interface Reply {
  readonly conversation: ConversationId;
  readonly system: string;
  readonly destination: DestinationId;
  readonly account: AccountId;
  readonly remoteId: string;
  readonly content: Content;
  readonly author: Author;
  /** Whether its own thread shows it. Default: yes. */
  readonly isShown?: boolean;
  readonly now: number;
}

/**
 * Takes in what an agent wrote: what was typed for buttons and images becomes buttons and images.
 * @returns `undefined` when the remote id was taken before.
 */
export const acceptReply = (db: Db, reply: Reply): Promise<Accepted | undefined> =>
  accept(db, {
    conversation: reply.conversation,
    role: 'appMaker',
    content: fromShorthand(reply.content, newId<MessageId>),
    author: reply.author,
    source: { type: reply.system },
    origin: {
      destination: reply.destination,
      account: reply.account,
      remoteId: reply.remoteId,
      isShown: reply.isShown ?? true,
    },
    now: reply.now,
  });
