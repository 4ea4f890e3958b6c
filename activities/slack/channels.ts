import type { RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import { DestinationGone } from '../system-error.ts';
import { unlessRefused } from '../unless-refused.ts';
import { ChannelAnswer, ChannelsAnswer, Nothing } from './answers.ts';
import type { Channel } from './answers.ts';
import { callSlack, trySlack } from './client.ts';
import { pagesOf } from './pages.ts';
import type { CreateWrite } from './writes.ts';

/** A name of somebody else's channel, also a private or an archived one; or one that Slack does not take. */
const OTHER_NAME: readonly string[] = [
  'name_taken',
  'invalid_name',
  'invalid_name_specials',
  'invalid_name_punctuation',
  'invalid_name_maxlength',
];

/**
 * Makes a channel under the first of several names that is free. A name that is taken by a channel of ours is this very channel,
 * made before and not answered: names end in random letters.
 * @see https://docs.slack.dev/reference/methods/conversations.create
 */
export async function createChannel(api: Api, write: Pick<CreateWrite, 'names' | 'scopes'>): Promise<Channel> {
  let refused = '';
  for (const name of write.names) {
    const call = { method: 'conversations.create', args: { name, is_private: false }, writes: true, scopes: write.scopes };
    const made = await trySlack(api, call, ChannelAnswer, OTHER_NAME);
    if (typeof made !== 'string') return made.body.channel;
    const ours = made === 'name_taken' ? await findOurs(api, [name]) : undefined;
    if (ours !== undefined) return ours;
    refused = made;
  }
  throw new DestinationGone(`Slack takes no channel under any name that we give it (${refused})`);
}

/** Among the channels that the Slack app is in, as it is in those that it makes, the one of these names. */
export async function findOurs(api: Api, names: readonly string[]): Promise<Channel | undefined> {
  const args = { types: 'public_channel', exclude_archived: true, limit: 999 };
  for await (const { channels } of pagesOf(api, { method: 'users.conversations', args, scopes: ['info'] }, ChannelsAnswer)) {
    const found = channels.find(({ name, is_archived }) => names.includes(name) && !is_archived);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A channel's own name has a person's in it, which is nothing for histories. */
export const labelOf = (channel: string): string => `channel ${channel}`;

export const channelRef = ({ id, name }: Channel, { keeps }: CreateWrite): RemoteRef => ({
  ids: [],
  thread: id,
  label: labelOf(id),
  data: { ...keeps, name },
});

/** Not being a member is no hindrance where the right to post in public channels was granted. */
export async function join(channel: string, api: Api): Promise<void> {
  const call = { method: 'conversations.join', args: { channel }, writes: true, scopes: ['info'] };
  await unlessRefused(() => callSlack(api, call, Nothing));
}
