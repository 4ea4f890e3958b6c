import { notFound } from '../../api/problem.ts';
import { readHead } from '../../db/console/conversation.ts';
import { retryMessage, skipMessage } from '../../db/console/retry.ts';
import { isId, toId } from '../../domain/ids.ts';
import type { ConversationId, DestinationId } from '../../domain/ids.ts';
import { note } from '../note.ts';
import { appGet, appPost, get } from '../router.ts';
import type { ConsoleRoute } from '../router.ts';
import { done, refused } from '../visit.ts';
import type { AppVisit, Reply, Visit } from '../visit.ts';
import { list } from './list.ts';
import { showMessage } from './message.ts';
import { foundConversation, show } from './show.ts';

/** Finding conversations, looking at them, and what an operator can do with a refused message. */
export const conversationRoutes: readonly ConsoleRoute[] = [
  get('/conversations/:id', find),
  appGet('/conversations', list),
  appGet('/conversations/:id', show),
  appGet('/conversations/:id/messages/:seq', showMessage),
  appPost('/conversations/:id/messages/:seq/retry', retry),
  appPost('/conversations/:id/messages/:seq/skip', skip),
];

/** For those who know nothing but the conversation's id: its workflow links here. */
async function find(visit: Visit): Promise<Reply> {
  const id = visit.param('id');
  const head = isId(id) ? await readHead(visit.deps.db, toId<ConversationId>(id)) : undefined;
  if (head === undefined) throw notFound('There is no such conversation.');
  return { kind: 'go', to: `/console/apps/${head.app}/conversations/${head.id}` };
}

interface Named {
  readonly conversation: ConversationId;
  readonly destination: DestinationId;
  readonly seq: number;
  readonly href: string;
}

async function named(visit: AppVisit): Promise<Named> {
  const { id } = await foundConversation(visit);
  const destination = visit.form.get('destination') ?? '';
  const seq = Number(visit.param('seq'));
  if (!isId(destination) || !Number.isSafeInteger(seq)) throw notFound('There is no such message.');
  return { conversation: id, destination: toId<DestinationId>(destination), seq, href: `${visit.home}/conversations/${id}` };
}

async function retry(visit: AppVisit): Promise<Reply> {
  const { conversation, destination, seq, href } = await named(visit);
  const bell = await retryMessage(visit.deps.db, { conversation, destination, seq });
  if (bell === undefined)
    return refused(href, 'There is nothing to try again: it is not refused any more, or its destination is gone.');
  visit.deps.dispatch.ring({ conversation, lanes: [bell], seq });
  await note(visit, `tried again message ${seq} of conversation`, conversation);
  return done(href, `Message ${seq} is tried again.`);
}

async function skip(visit: AppVisit): Promise<Reply> {
  const { conversation, destination, seq, href } = await named(visit);
  if (!(await skipMessage(visit.deps.db, { conversation, destination, seq })))
    return refused(href, 'There is nothing to skip: the message is not refused any more.');
  await note(visit, `skipped message ${seq} of conversation`, conversation);
  return done(href, `Message ${seq} is skipped.`);
}
