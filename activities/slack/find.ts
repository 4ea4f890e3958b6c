import type { Effect, RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import { ThreadClosed } from '../system-error.ts';
import { MessagesAnswer } from './answers.ts';
import type { Message } from './answers.ts';
import { channelRef, findOurs, join } from './channels.ts';
import { findShare } from './files.ts';
import { pagesOf } from './pages.ts';
import { announceRef, postRef } from './perform.ts';
import { Write } from './writes.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';

/**
 * Looks whether a write arrived: a channel by its name, a post by its mark in the channel's history, a file by where it is shown.
 * What furnishes a channel is not looked for: setting a topic, inviting or updating twice shows nothing twice.
 */
export async function find(effect: Effect, api: Api): Promise<RemoteRef | undefined> {
  const write = Write.parse(effect.write);
  switch (write.kind) {
    case 'create': {
      const channel = await findOurs(api, write.names);
      return channel === undefined ? undefined : channelRef(channel, write);
    }
    case 'post': {
      const found = await findPost(api, { channel: write.channel, mark: write.mark, since: effect.firstSentAt });
      return found === undefined ? undefined : postRef(write, { channel: write.channel, ts: found.ts });
    }
    case 'announce': {
      const found = await findPost(api, { channel: write.dispatch, mark: write.mark, since: effect.firstSentAt });
      return found === undefined ? undefined : announceRef({ channel: write.dispatch, ts: found.ts });
    }
    case 'share':
      return await findShare(write, api);
    case 'update':
    case 'invite':
    case 'topic':
    case 'purpose':
    case 'upload':
      return undefined;
  }
}

interface Wanted {
  readonly channel: string;
  readonly mark: string;
  readonly since: number;
}

/**
 * Reads a channel's history back to when the post was first sent. Only members may read it, though not only members post: so one
 * that we are not in is joined for it. Of a channel that was archived meanwhile nothing can be read, and nothing in it will be seen
 * any more.
 * @see https://docs.slack.dev/reference/methods/conversations.history
 */
export async function findPost(api: Api, wanted: Wanted): Promise<Message | undefined> {
  const found = await readBack(api, wanted).catch(orClosed);
  if (found !== 'closed') return found;
  await join(wanted.channel, api);
  const again = await readBack(api, wanted).catch(orClosed);
  return again === 'closed' ? undefined : again;
}

function orClosed(error: unknown): 'closed' {
  if (error instanceof ThreadClosed) return 'closed';
  throw error;
}

async function readBack(api: Api, { channel, mark, since }: Wanted): Promise<Message | undefined> {
  const oldest = ((since - MINUTE) / SECOND).toFixed(6);
  const args = { channel, oldest, limit: 200, include_all_metadata: true };
  const call = { method: 'conversations.history', args, scopes: ['history'], inThread: true };
  for await (const { messages } of pagesOf(api, call, MessagesAnswer)) {
    const found = messages.find(({ metadata }) => metadata?.event_payload?.mark === mark);
    if (found !== undefined) return found;
  }
  return undefined;
}
