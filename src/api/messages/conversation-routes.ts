import { z } from 'zod';
import { markRead, readConversation } from '../../db/conversations.ts';
import type { ConversationState } from '../../db/conversations.ts';
import type { Answer } from '../answer.ts';
import type { UserCall } from '../call.ts';
import type { ApiDeps } from '../deps.ts';
import { line, webUrl, withoutNulls } from '../fields.ts';
import { parse } from '../parse.ts';
import { forbidden, notFound } from '../problem.ts';
import { userRoute } from '../route.ts';
import type { Route } from '../route.ts';
import { listMessages } from './list-messages.ts';
import { createPostMessage } from './post-message.ts';
import { wireConversation } from './wire-conversation.ts';

/** What is said in a conversation, read of it, and done in it. The longer of two addresses that fit comes first. */
export function conversationRoutes(deps: ApiDeps): readonly Route[] {
  const postMessage = createPostMessage(deps);
  return [
    userRoute('post', '/conversation/messages', 'user', postMessage),
    userRoute('post', '/messages', 'user', postMessage),
    userRoute(
      'get',
      '/messages',
      'user',
      started((call) => listMessages(deps, call)),
    ),
    userRoute(
      'get',
      '/conversation',
      'user',
      started(async ({ user }) => show(await readConversation(deps.db, user.conversation))),
    ),
    userRoute(
      'post',
      '/conversation/read',
      'user',
      started((call) => read(deps, call, 'appUser')),
    ),
    userRoute(
      'post',
      '/conversation/activity',
      'user',
      started((call) => noteActivity(deps, call)),
    ),
  ];
}

/** To the wire, a conversation begins with its first message. */
const started = (handle: (call: UserCall) => Promise<Answer>) => async (call: UserCall) => {
  if (call.user.last_seq === 0) throw notFound('there is no conversation yet: it begins with the first message', 'conversation');
  return await handle(call);
};

const read = async (deps: ApiDeps, { user }: UserCall, by: 'appUser' | 'appMaker'): Promise<Answer> =>
  show(await markRead(deps.db, user.conversation, by, deps.clock.now()));

const Activity = z.object({
  role: z.enum(['appUser', 'appMaker'], 'expected appUser or appMaker'),
  type: z.enum(['typing:start', 'typing:stop', 'conversation:read'], 'expected typing:start, typing:stop or conversation:read'),
  name: line.exactOptional(),
  avatarUrl: webUrl.exactOptional(),
});

/** Reading is kept. Typing is over before anybody could be told of it who is not there now. */
async function noteActivity(deps: ApiDeps, call: UserCall): Promise<Answer> {
  const { role, type } = parse(Activity, withoutNulls(call.body));
  if (role === 'appMaker' && call.scope === 'appUser') {
    throw forbidden('role: a token of appUser scope acts as appUser alone');
  }
  if (type === 'conversation:read') return await read(deps, call, role);
  return show(await readConversation(deps.db, call.user.conversation));
}

const show = (conversation: ConversationState): Answer => ({
  status: 200,
  body: { conversation: wireConversation(conversation) },
});
