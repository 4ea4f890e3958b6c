import type { Api } from '../business-system.ts';
import { ConnectRefused } from '../system-error.ts';
import { unlessRefused } from '../unless-refused.ts';
import { ChannelAnswer, ChannelsAnswer, Nothing, PostAnswer } from './answers.ts';
import type { Channel } from './answers.ts';
import { isPersons } from './channel-name.ts';
import { createChannel, join } from './channels.ts';
import { callSlack, trySlack } from './client.ts';
import { dispatchIn } from './dispatch.ts';
import type { Place } from './dispatch.ts';
import { findPost } from './find.ts';
import { postScopes } from './limits.ts';
import { pagesOf } from './pages.ts';
import { messageArgs } from './perform.ts';
import { POSTING_RESTRICTED } from './refusals.ts';
import type { Choice } from '../connect.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { textOf } from '../../src/domain/json.ts';

/** The channel that everybody in a workspace is in, whatever it is called there. */
export async function findGeneral(api: Api): Promise<Channel | undefined> {
  const call = { method: 'conversations.list', args: PUBLIC, scopes: ['list'] };
  for await (const { channels } of pagesOf(api, call, ChannelsAnswer)) {
    const general = channels.find((channel) => channel.is_general);
    if (general !== undefined) return general;
  }
  return undefined;
}

const PUBLIC = { types: 'public_channel', exclude_archived: true, limit: 999 };

/** A channel of our own to be told in, where the general one is not for us. Whoever connected the workspace is invited. */
export async function makeDispatch(api: Api, installation: string): Promise<Place> {
  const names = [
    'sk-dispatch',
    `sk-dispatch-${installation
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '')
      .slice(0, 8)}`,
  ];
  const { id, name } = await createChannel(api, { names, scopes: ['create'] });
  const args = { channel: id, users: textOf(api.data, 'installer') };
  const call = { method: 'conversations.invite', args, writes: true, scopes: ['invite'] };
  await unlessRefused(() => callSlack(api, call, Nothing));
  return { id, name };
}

export async function channelInfo(channel: string, api: Api): Promise<Channel | undefined> {
  const call = { method: 'conversations.info', args: { channel }, writes: false, scopes: ['info'] };
  const found = await trySlack(api, call, ChannelAnswer, ['channel_not_found']);
  return typeof found === 'string' ? undefined : found.body.channel;
}

/** Posts what shows that all works, once under its mark. @returns why Slack takes no post there, if so. */
export async function testPost(
  api: Api,
  {
    channel,
    text,
    mark,
    since,
  }: { readonly channel: string; readonly text: string; readonly mark: string; readonly since: number },
): Promise<string | undefined> {
  if ((await findPost(api, { channel, mark, since })) !== undefined) return undefined;
  const args = messageArgs(channel, { text }, mark);
  const call = { method: 'chat.postMessage', args, writes: true, scopes: postScopes(channel) };
  const posted = await trySlack(api, call, PostAnswer, POSTING_RESTRICTED);
  return typeof posted === 'string' ? posted : undefined;
}

/** Where an integration may be told of new conversations: in the channels that the Slack app is in and that are nobody's own. */
export async function choices(api: Api): Promise<Readonly<Record<string, readonly Choice[]>>> {
  const found = new Map<string, string>();
  const own = dispatchIn(api.data);
  if (own !== undefined) found.set(own.id, own.name);
  const call = { method: 'users.conversations', args: PUBLIC, scopes: ['info'] };
  for await (const { channels } of pagesOf(api, call, ChannelsAnswer))
    for (const { id, name } of channels) if (!isPersons(name)) found.set(id, name);
  return { dispatchChannel: [...found].map(([value, name]) => ({ value, label: `#${name}` })) };
}

/** Checks a dispatch channel by posting in it. @throws {ConnectRefused} */
export async function configure(settings: JsonObject, api: Api): Promise<JsonObject> {
  const channel = textOf(settings, 'dispatchChannel');
  if (channel === '') return settings;
  const info = await channelInfo(channel, api);
  if (info === undefined) throw refuse('expected a public channel of this workspace, or one that the Slack app was invited to');
  if (info.is_archived) throw refuse(`#${info.name} is archived: expected a channel that is in use`);
  await join(channel, api);
  const now = api.now();
  const text = 'From now on I tell here of new conversations.';
  const refused = await testPost(api, { channel, text, mark: `chosen ${channel} ${now}`, since: now });
  if (refused !== undefined)
    throw refuse(`Slack takes no post in #${info.name} (${refused}): expected a channel where the Slack app may post`);
  return settings;
}

const refuse = (why: string): ConnectRefused => new ConnectRefused(why, { field: 'dispatchChannel' });
