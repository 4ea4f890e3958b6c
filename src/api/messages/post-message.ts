import { accept } from '../../db/accept.ts';
import { readConversation } from '../../db/conversations.ts';
import { seeDevice } from '../../db/devices.ts';
import { findByClientId } from '../../db/messages.ts';
import type { AppUserId, ConversationId } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import { wireMessage } from '../../domain/wire.ts';
import type { Answer } from '../answer.ts';
import type { UserCall } from '../call.ts';
import type { ApiDeps } from '../deps.ts';
import { ringAccepted } from '../ring-accepted.ts';
import type { Said } from './message-body.ts';
import { createMessageReader } from './message-body.ts';
import { wireConversation } from './wire-conversation.ts';

/**
 * Takes a message in. The answer means that it is committed; whoever is to have it is rung afterwards, and nobody waits for that.
 * A message that comes again under the client's own id is answered with the stored one.
 */
export function createPostMessage(deps: ApiDeps): (call: UserCall) => Promise<Answer> {
  const read = createMessageReader(deps.allowedNetworks);
  return async (call) => {
    const { user } = call;
    const message = await takeMessage(deps, user.conversation, await fromDevice(deps, user.id, read(call)));
    const conversation = await readConversation(deps.db, user.conversation);
    return { status: 201, body: { message: wireMessage(message, user.id), conversation: wireConversation(conversation) } };
  };
}

/** Notes that the device was heard of that a message names. Without another source, the message comes from it. */
async function fromDevice(deps: ApiDeps, user: AppUserId, { device, ...said }: Said): Promise<Said> {
  if (device === undefined) return said;
  const platform = await seeDevice(deps.db, { user, id: device }, deps.clock.now());
  return { ...said, source: said.source.type === 'api' ? { type: platform ?? 'api', id: device } : said.source };
}

/** Commits a message, then rings whoever is to have it. @returns the stored one, where it came before. */
export async function takeMessage(deps: ApiDeps, conversation: ConversationId, said: Said): Promise<Omit<Message, 'seq'>> {
  const accepted = await accept(deps.db, { conversation, ...said, now: deps.clock.now() });
  if (accepted !== undefined) {
    ringAccepted(deps, { conversation, role: said.role, accepted });
    return { ...said, id: accepted.id, acceptedAt: accepted.acceptedAt };
  }
  const stored = await findByClientId(deps.db, conversation, said.clientId ?? '');
  if (stored === undefined) throw new Error(`a message that was accepted before is not there [conversation=${conversation}]`);
  return stored;
}
