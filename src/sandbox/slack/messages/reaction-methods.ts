import { z } from 'zod';
import { fail } from '../api/problem.ts';
import { arg } from '../api/args.ts';
import { type Call, type Method, method } from '../api/call.ts';
import { channels, sees } from '../channels/channel.ts';
import { emit } from '../events/emit.ts';
import type { Member } from '../members/member.ts';
import type { Place } from '../workspace/place.ts';
import { findMessage, type Message, messages } from './message.ts';

const input = z.object({ channel: arg.text, timestamp: arg.text, name: arg.text });

const add = method({
  name: 'reactions.add',
  scopes: ['reactions:write'],
  tier: 3,
  input,
  async answer(call, { channel, timestamp, name }) {
    const message = await reacting(call, channel, timestamp);
    if (hasReacted(message, name, call.user)) throw fail('already_reacted');
    await react(call, message, { name, user: call.user, what: 'added' });
    return {};
  },
});

const remove = method({
  name: 'reactions.remove',
  scopes: ['reactions:write'],
  tier: 2,
  input,
  async answer(call, { channel, timestamp, name }) {
    const message = await reacting(call, channel, timestamp);
    if (!hasReacted(message, name, call.user)) throw fail('no_reaction');
    await react(call, message, { name, user: call.user, what: 'removed' });
    return {};
  },
});

async function reacting(call: Call, channelId: string, ts: string): Promise<Message> {
  const channel = await call.session.store.get(channels, channelId);
  if (!channel || !sees(channel, call.user.id)) throw fail('channel_not_found');
  const message = await findMessage(call.session.store, channel.id, ts);
  if (!message) throw fail('message_not_found');
  return message;
}

export const hasReacted = (message: Message, name: string, user: Member): boolean =>
  message.reactions.some((reaction) => reaction.name === name && reaction.users.includes(user.id));

interface Reaction {
  readonly name: string;
  readonly user: Member;
  readonly what: 'added' | 'removed';
}

/** Adds somebody's reaction to a message, or takes it back, and tells apps. */
export async function react({ session }: Place, message: Message, { name, user, what }: Reaction): Promise<void> {
  const others = message.reactions.filter((reaction) => reaction.name !== name);
  const before = message.reactions.find((reaction) => reaction.name === name)?.users ?? [];
  const users = what === 'added' ? [...before, user.id] : before.filter((id) => id !== user.id);
  const reactions = users.length === 0 ? others : [...others, { name, users }];
  await session.store.put(messages, { ...message, reactions });
  const channel = await session.store.get(channels, message.channel);
  const type = `reaction_${what}`;
  const item = { type: 'message', channel: message.channel, ts: message.ts };
  const event = { type, user: user.id, reaction: name, item_user: message.user, item };
  if (channel) await emit(session, { subscription: type, event, channel });
}

export const reactionMethods: readonly Method[] = [add, remove];
