import type { Api, Collected, RemoteThread } from '../business-system.ts';
import { Refused } from '../system-error.ts';
import { MemberAnswer, agentIn } from './agents.ts';
import { MembersAnswer } from './answers.ts';
import { trySlack } from './client.ts';
import { mayDo } from './post.ts';
import { textOf } from '../../src/domain/json.ts';

/** In a channel are those who may answer. Of more than so many the first are asked for now, the others when they have answered. */
const MOST = 30;

/**
 * Somebody joined a person's channel: asks who is there, so that whoever answers is called by their name from the first word on.
 * Nothing that is said in a channel is ever fetched: words for the app user come with the command alone.
 */
export async function collect(thread: RemoteThread, api: Api): Promise<Collected> {
  const nothing = { items: [], cursor: null };
  if (!mayDo(api.data, 'users:read')) return nothing;
  const call = { args: { channel: thread.remoteId, limit: 200 }, scopes: ['members'], writes: false, inThread: true };
  const members = await trySlack(api, { method: 'conversations.members', ...call }, MembersAnswer, ['fetch_members_failed']);
  if (typeof members === 'string') return nothing;
  const bot = textOf(api.data, 'botUserId');
  const strangers = members.body.members.filter((member) => member !== bot && agentIn(api.data, member) === undefined);
  for (const member of strangers.slice(0, MOST)) await meet(member, api);
  return nothing;
}

/** The answer is kept by `learn`. */
export async function meet(user: string, api: Api): Promise<void> {
  const call = { method: 'users.info', args: { user }, writes: false, scopes: ['members'] };
  await trySlack(api, call, MemberAnswer, ['user_not_found', 'user_not_visible', 'missing_scope']).catch((error: unknown) => {
    if (!(error instanceof Refused)) throw error;
  });
}
