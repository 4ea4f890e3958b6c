import type { AppUserProfile, Batch, BatchMessage, PlanContext } from '../../../activities/batch.ts';
import { systemLabel } from '../../../activities/systems.ts';
import { toId } from '../../../src/domain/ids.ts';
import type { BatchId, ConversationId, MessageId } from '../../../src/domain/ids.ts';

export const aUser: AppUserProfile = {
  id: '6b03b9130d029b313c30b2f2',
  userId: 'ann',
  givenName: 'Ann',
  surname: 'Lee',
  email: 'ann@example.com',
  avatarUrl: 'https://example.com/ann.png',
  properties: { plan: 'gold' },
  signedUpAt: undefined,
  conversationStarted: true,
  devices: [],
};

export const aContext = (more: Partial<PlanContext> = {}): PlanContext => ({
  app: { id: 'a', name: 'Demo' },
  conversation: toId<ConversationId>('6b03b9130d029b313c30b2f3'),
  appUser: aUser,
  person: undefined,
  formerPerson: undefined,
  thread: undefined,
  previous: undefined,
  account: { key: 'T1', data: { dispatch: { id: 'C0', name: 'general' }, installer: 'U1' } },
  settings: {},
  operator: { url: 'http://slack.test', command: '/sk' },
  systemLabel,
  transcriptUrl: undefined,
  done: new Set(),
  nonce: 'abcdefghijklmnopqrstuvwxyz',
  installation: 'testbridge',
  ...more,
});

/** A channel that is there, introduced and announced. */
export const aRoom = (data: Partial<Record<string, string | boolean>> = {}): Partial<PlanContext> => ({
  thread: { remoteId: 'C1', state: 'open', data: { name: 'sk-ann-lee-abcd', introduced: true, invited: true, ...data } },
});

export const aMessage = (seq: number, text: string, more: Partial<BatchMessage> = {}): BatchMessage => ({
  id: toId<MessageId>(`m${seq}`),
  seq,
  role: 'appUser',
  content: { type: 'text', text },
  author: {},
  source: { type: 'api' },
  acceptedAt: 0,
  form: 'full',
  ...more,
});

export const aBatch = (messages: readonly BatchMessage[], prelude: readonly BatchMessage[] = []): Batch => ({
  id: toId<BatchId>('b1'),
  role: messages[0]?.role ?? 'appUser',
  messages,
  prelude,
});
