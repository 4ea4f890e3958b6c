import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import { fail } from '../api/problem.ts';
import { arg } from '../api/args.ts';
import { type Call, type Method, method, requireScope } from '../api/call.ts';
import { isAdmin, members } from '../members/member.ts';
import { archive, describe, enter, exit, openChannel, rename, shownChannel, unarchive } from './change.ts';
import { type Channel, isIn, listChannels } from './channel.ts';
import { checkFree, checkName } from './channel-name.ts';
import { channelFor, requireInside, requireNamed, scopesFor } from './find.ts';

const MAX_TOPIC = 250;
const one = z.object({ channel: arg.text });

const createChannel = method({
  name: 'conversations.create',
  scopes: scopesFor('manage'),
  tier: 2,
  input: z.object({ name: arg.text.default(''), is_private: arg.flag }),
  async answer(call, { name, is_private }) {
    requireScope(call, is_private ? ['groups:write'] : ['channels:manage', 'channels:write']);
    const { channelCreation } = call.session.state.settings;
    if (channelCreation === 'admins' && !isAdmin(call.user)) throw fail('restricted_action');
    const checked = checkName(name);
    await checkFree(call.session.store, checked);
    const channel = await openChannel(call, call.user, { name: checked, kind: is_private ? 'private' : 'public' });
    return { channel: shownChannel(call, channel, call.user) };
  },
});

const channelInfo = method({
  name: 'conversations.info',
  scopes: scopesFor('read'),
  tier: 3,
  input: one.extend({ include_num_members: arg.flag }),
  async answer(call, { channel: id, include_num_members }) {
    const channel = await channelFor(call, id, 'read');
    const shown = shownChannel(call, channel, call.user);
    return { channel: include_num_members ? { ...shown, num_members: channel.members.length } : shown };
  },
});

const joinChannel = method({
  name: 'conversations.join',
  scopes: ['channels:join'],
  tier: 3,
  input: one,
  async answer(call, { channel: id }) {
    const channel = await channelFor(call, id, 'join');
    if (channel.kind !== 'public') throw fail('method_not_supported_for_channel_type');
    if (channel.is_archived) throw fail('is_archived');
    if (isIn(channel, call.user.id)) {
      const response_metadata = { warnings: ['already_in_channel'] };
      return { channel: shownChannel(call, channel, call.user), warning: 'already_in_channel', response_metadata };
    }
    return { channel: shownChannel(call, await enter(call, channel, call.user), call.user) };
  },
});

const leaveChannel = method({
  name: 'conversations.leave',
  scopes: scopesFor('manage'),
  tier: 3,
  input: one,
  async answer(call, { channel: id }) {
    const channel = await channelFor(call, id, 'manage');
    requireNamed(channel);
    if (channel.is_archived) throw fail('is_archived');
    if (channel.is_general) throw fail('cant_leave_general');
    if (!isIn(channel, call.user.id)) return { not_in_channel: true };
    await exit(call, channel, call.user);
    return {};
  },
});

const archiveChannel = method({
  name: 'conversations.archive',
  scopes: scopesFor('manage'),
  tier: 2,
  input: one,
  async answer(call, { channel: id }) {
    const channel = await channelFor(call, id, 'manage');
    requireNamed(channel);
    if (channel.is_archived) throw fail('already_archived');
    if (channel.is_general) throw fail('cant_archive_general');
    if (!isIn(channel, call.user.id)) throw fail('not_in_channel');
    await archive(call, channel, call.user, await appsOf(call, channel));
    return {};
  },
});

/** The members of a channel that are apps. */
export async function appsOf({ session }: Pick<Call, 'session'>, channel: Channel): Promise<readonly string[]> {
  return (await session.store.getMany(members, channel.members)).filter(({ role }) => role === 'app').map(({ id }) => id);
}

const unarchiveChannel = method({
  name: 'conversations.unarchive',
  scopes: scopesFor('manage'),
  tier: 2,
  input: one,
  async answer(call, { channel: id }) {
    const channel = await channelFor(call, id, 'manage');
    requireNamed(channel);
    if (!channel.is_archived) throw fail('not_archived');
    // An app was thrown out when the channel was archived, and cannot get in while it is: Slack's documented bug.
    if (call.app && !isIn(channel, call.user.id)) throw fail('not_in_channel');
    await unarchive(call, channel, call.user);
    return {};
  },
});

const renameChannel = method({
  name: 'conversations.rename',
  scopes: scopesFor('manage'),
  tier: 2,
  input: one.extend({ name: arg.text.default('') }),
  async answer(call, { channel: id, name }) {
    const channel = await channelFor(call, id, 'manage');
    requireNamed(channel);
    requireInside(call, channel);
    if (channel.creator !== call.user.id && !isAdmin(call.user)) throw fail('not_authorized');
    const checked = checkName(name);
    await checkFree(call.session.store, checked, channel);
    return { channel: shownChannel(call, await rename(call, channel, call.user, checked), call.user) };
  },
});

const setTopic = method({
  name: 'conversations.setTopic',
  scopes: scopesFor('topic'),
  tier: 2,
  input: one.extend({ topic: arg.text }),
  answer: (call, { channel, topic }) => describeAs(call, { id: channel, what: 'topic', value: topic }),
});

const setPurpose = method({
  name: 'conversations.setPurpose',
  scopes: scopesFor('topic'),
  tier: 2,
  input: one.extend({ purpose: arg.text }),
  answer: (call, { channel, purpose }) => describeAs(call, { id: channel, what: 'purpose', value: purpose }),
});

interface Describing {
  readonly id: string;
  readonly what: 'topic' | 'purpose';
  readonly value: string;
}

async function describeAs(call: Call, { id, what, value }: Describing): Promise<JsonObject> {
  const channel = await channelFor(call, id, 'topic');
  requireNamed(channel);
  requireInside(call, channel);
  if (Array.from(value).length > MAX_TOPIC) throw fail('too_long');
  const described = await describe(call, channel, call.user, what, value);
  return { channel: shownChannel(call, described, call.user), [what]: value };
}

const openTalk = method({
  name: 'conversations.open',
  scopes: ['im:write'],
  tier: 3,
  input: z.object({ users: arg.list, return_im: arg.flag }),
  async answer(call, { users, return_im }) {
    const [other] = users;
    if (users.length !== 1 || other === undefined) throw fail('not_enough_users');
    const channel = await talkWith(call, other);
    return { channel: return_im ? shownChannel(call, channel, call.user) : { id: channel.id } };
  },
});

/** The talk between the caller and somebody, opened where it is missing. @throws {Refusal} `user_not_found` */
export async function talkWith(call: Call, userId: string): Promise<Channel> {
  const other = await call.session.store.get(members, userId);
  if (!other || other.deleted || other.id === call.user.id) throw fail('user_not_found');
  const open = (await listChannels(call.session.store)).find(
    (channel) => channel.kind === 'im' && isIn(channel, other.id) && isIn(channel, call.user.id),
  );
  return open ?? openChannel(call, call.user, { name: '', kind: 'im', members: [call.user.id, other.id] });
}

export const channelMethods: readonly Method[] = [
  createChannel,
  channelInfo,
  joinChannel,
  leaveChannel,
  archiveChannel,
  unarchiveChannel,
  renameChannel,
  setTopic,
  setPurpose,
  openTalk,
];
