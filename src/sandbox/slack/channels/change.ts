import type { JsonObject } from '../../../domain/json.ts';
import { installations } from '../apps/installation.ts';
import { emit } from '../events/emit.ts';
import type { Member } from '../members/member.ts';
import { post } from '../messages/post.ts';
import type { Place } from '../workspace/place.ts';
import { newSlackId, unix } from '../workspace/session.ts';
import { type Channel, channelJson, channels, isIn, nobodySaid } from './channel.ts';

type NewChannel = Pick<Channel, 'name' | 'kind'> & Partial<Pick<Channel, 'is_general' | 'members'>>;

/** Opens a channel; whoever opens it is in it. The name must be free. */
export async function openChannel({ session }: Place, by: Member, input: NewChannel): Promise<Channel> {
  const channel: Channel = {
    id: newSlackId(session, input.kind === 'im' ? 'D' : 'C'),
    previous_names: [],
    is_general: false,
    is_archived: false,
    deleted: false,
    creator: by.id,
    created: session.now,
    updated: session.now,
    topic: nobodySaid,
    purpose: nobodySaid,
    members: [by.id],
    seq: session.nextId(),
    ...input,
  };
  await session.store.put(channels, channel);
  const { id, name, creator } = channel;
  const shown = { id, is_channel: true, name, name_normalized: name, created: unix(channel.created), creator };
  if (channel.kind === 'public')
    await emit(session, { subscription: 'channel_created', event: { type: 'channel_created', channel: shown }, channel });
  return channel;
}

export async function save({ session }: Place, channel: Channel, change: Partial<Channel>): Promise<Channel> {
  const changed = { ...channel, ...change, updated: session.now };
  await session.store.put(channels, changed);
  return changed;
}

/** `channel_archive` of a public channel is `group_archive` of a private one. */
const twin = (channel: Channel, what: string): string => `${channel.kind === 'private' ? 'group' : 'channel'}_${what}`;

/** Tells of something that happened to a channel itself. */
async function tell({ session }: Place, channel: Channel, what: string, more: JsonObject): Promise<void> {
  const type = twin(channel, what);
  await emit(session, { subscription: type, event: { type, channel: channel.id, ...more }, channel });
}

/** A line that Slack writes into the channel when something happens to it. */
async function line(
  place: Place,
  channel: Channel,
  what: string,
  spoken: { by: string; text: string; extra?: JsonObject },
): Promise<void> {
  const extra = JSON.parse(JSON.stringify(spoken.extra ?? {}));
  await post(place, channel, { subtype: twin(channel, what), user: spoken.by, text: spoken.text, extra });
}

/** Lets somebody in, of their own will or invited. */
export async function enter(place: Place, channel: Channel, member: Member, inviter?: Member): Promise<Channel> {
  if (isIn(channel, member.id)) return channel;
  const joined = await save(place, channel, { members: [...channel.members, member.id] });
  const by = inviter && { inviter: inviter.id };
  const channel_type = channel.kind === 'private' ? 'G' : 'C';
  const event = {
    type: 'member_joined_channel',
    user: member.id,
    channel: channel.id,
    channel_type,
    team: place.session.account,
    ...by,
  };
  await emit(place.session, { subscription: 'member_joined_channel', event, channel: joined });
  await line(place, joined, 'join', { by: member.id, text: `<@${member.id}> has joined the channel`, ...(by && { extra: by }) });
  return joined;
}

/** Lets somebody out. An app that is thrown out is told so, and hears nothing more. */
export async function exit(place: Place, channel: Channel, member: Member): Promise<Channel> {
  if (!isIn(channel, member.id)) return channel;
  await line(place, channel, 'leave', { by: member.id, text: `<@${member.id}> has left the channel` });
  if (member.role === 'app') await tellLeft(place, channel, member);
  const left = await save(place, channel, { members: channel.members.filter((id) => id !== member.id) });
  const channel_type = channel.kind === 'private' ? 'G' : 'C';
  const event = { type: 'member_left_channel', user: member.id, channel: channel.id, channel_type, team: place.session.account };
  await emit(place.session, { subscription: 'member_left_channel', event, channel: left });
  return left;
}

async function tellLeft({ session }: Place, channel: Channel, bot: Member): Promise<void> {
  const only = await session.store.get(installations, bot.app_id ?? '');
  const type = twin(channel, 'left');
  if (only) await emit(session, { subscription: type, event: { type, channel: channel.id, actor_id: bot.id }, only });
}

/** Closes a channel: nobody can post, and apps are out of it. */
export async function archive(place: Place, channel: Channel, by: Member, apps: readonly string[]): Promise<Channel> {
  await line(place, channel, 'archive', {
    by: by.id,
    text: `<@${by.id}> archived the channel`,
    extra: { members: channel.members },
  });
  const members = channel.members.filter((id) => !apps.includes(id));
  await tell(place, channel, 'archive', { user: by.id, is_moved: 0 });
  return save(place, channel, { is_archived: true, members });
}

export async function unarchive(place: Place, channel: Channel, by: Member): Promise<Channel> {
  const members = isIn(channel, by.id) ? channel.members : [...channel.members, by.id];
  const open = await save(place, channel, { is_archived: false, members });
  await line(place, open, 'unarchive', { by: by.id, text: `<@${by.id}> un-archived the channel` });
  await tell(place, open, 'unarchive', { user: by.id });
  return open;
}

export async function rename(place: Place, channel: Channel, by: Member, name: string): Promise<Channel> {
  const previous_names = [channel.name, ...channel.previous_names.filter((old) => old !== name)];
  const renamed = await save(place, channel, { name, previous_names });
  const text = `<@${by.id}> has renamed the channel from "${channel.name}" to "${name}"`;
  await line(place, renamed, 'name', { by: by.id, text, extra: { old_name: channel.name, name } });
  const type = twin(channel, 'rename');
  const event = {
    type,
    channel: { id: channel.id, is_channel: true, name, name_normalized: name, created: unix(channel.created) },
  };
  await emit(place.session, { subscription: type, event, channel: renamed });
  return renamed;
}

/** Sets the topic or the purpose, with a line that says so. */
export async function describe(
  place: Place,
  channel: Channel,
  by: Member,
  what: 'topic' | 'purpose',
  value: string,
): Promise<Channel> {
  const described = await save(place, channel, { [what]: { value, creator: by.id, last_set: unix(place.session.now) } });
  const text = value === '' ? `<@${by.id}> cleared the channel ${what}` : `<@${by.id}> set the channel ${what}: ${value}`;
  await line(place, described, what, { by: by.id, text, extra: { [what]: value } });
  return described;
}

/** Removes a channel for good. Its name can be used again. */
export async function removeChannel(place: Place, channel: Channel, by: Member): Promise<void> {
  const gone = await save(place, channel, { deleted: true });
  await tell(place, gone, 'deleted', { actor_id: by.id });
}

/** What the API shows of it. */
export const shownChannel = (place: Place, channel: Channel, viewer: Member): JsonObject =>
  channelJson(place.session.account, channel, viewer.id);
