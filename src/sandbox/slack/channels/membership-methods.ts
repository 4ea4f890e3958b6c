import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import { fail } from '../api/problem.ts';
import { arg } from '../api/args.ts';
import { type Call, type Method, method } from '../api/call.ts';
import { isAdmin, members } from '../members/member.ts';
import { enter, exit, shownChannel } from './change.ts';
import { type Channel, isIn } from './channel.ts';
import { channelFor, requireInside, requireNamed, scopesFor } from './find.ts';

const MAX_INVITED = 100;

const invite = method({
  name: 'conversations.invite',
  scopes: scopesFor('invite'),
  tier: 3,
  input: z.object({ channel: arg.text, users: arg.list, force: arg.flag }),
  async answer(call, { channel: id, users, force }) {
    const channel = await channelFor(call, id, 'invite');
    requireNamed(channel);
    requireInside(call, channel);
    if (users.length === 0 || users[0] === '') throw fail('no_user');
    if (users.length > MAX_INVITED) throw fail('too_many_users');
    const errors: { readonly user: string; readonly ok: false; readonly error: string }[] = [];
    for (const user of users) {
      const error = await whyNot(call, channel, user);
      if (error !== undefined) errors.push({ user, ok: false, error });
    }
    const [first] = errors;
    const mayGoOn = force && errors.length < users.length;
    if (first && !mayGoOn) throw fail(first.error, users.length === 1 ? {} : { errors });
    const invited = await enterAll(
      call,
      channel,
      users.filter((user) => !errors.some((error) => error.user === user)),
    );
    return { channel: shownChannel(call, invited, call.user), ...(errors.length > 0 && { errors }) };
  },
});

async function whyNot(call: Call, channel: Channel, userId: string): Promise<string | undefined> {
  const user = await call.session.store.get(members, userId);
  if (!user) return 'user_not_found';
  if (user.id === call.user.id) return 'cant_invite_self';
  if (isIn(channel, user.id)) return 'already_in_channel';
  if (user.deleted || user.role === 'slackbot') return 'cant_invite';
  return undefined;
}

async function enterAll(call: Call, channel: Channel, users: readonly string[]): Promise<Channel> {
  let now = channel;
  for (const user of await call.session.store.getMany(members, users)) now = await enter(call, now, user, call.user);
  return now;
}

const kick = method({
  name: 'conversations.kick',
  scopes: scopesFor('manage'),
  tier: 3,
  input: z.object({ channel: arg.text, user: arg.text }),
  async answer(call, { channel: id, user: userId }) {
    const channel = await channelFor(call, id, 'manage');
    requireNamed(channel);
    if (userId === call.user.id) throw fail('cant_kick_self');
    if (channel.is_general) throw fail('cant_kick_from_general');
    const user = await call.session.store.get(members, userId);
    if (!user) throw fail('user_not_found');
    if (!isIn(channel, user.id)) throw fail('not_in_channel');
    if (channel.creator !== call.user.id && !isAdmin(call.user)) throw fail('restricted_action');
    await exit(call, channel, user);
    return {};
  },
});

const listMembers = method({
  name: 'conversations.members',
  scopes: scopesFor('read'),
  tier: 4,
  input: z.object({ channel: arg.text, limit: arg.count.min(1).max(1_000).default(100), cursor: arg.text.default('') }),
  async answer(call, { channel: id, limit, cursor }) {
    const channel = await channelFor(call, id, 'read');
    return page('members', channel.members, { limit, cursor });
  },
});

/** One page of a list, and the cursor of the next. @throws {Refusal} `invalid_cursor` */
export function page<T>(
  name: string,
  all: readonly T[],
  { limit, cursor }: { readonly limit: number; readonly cursor: string },
): JsonObject {
  const start = cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64').toString().replace(/^at:/, ''));
  if (!Number.isInteger(start) || start < 0) throw fail('invalid_cursor');
  const next_cursor = start + limit < all.length ? Buffer.from(`at:${start + limit}`).toString('base64') : '';
  return { [name]: JSON.parse(JSON.stringify(all.slice(start, start + limit))), response_metadata: { next_cursor } };
}

export const membershipMethods: readonly Method[] = [invite, kick, listMembers];
