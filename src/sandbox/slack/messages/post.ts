import type { JsonObject } from '../../../domain/json.ts';
import { type Channel } from '../channels/channel.ts';
import { emit } from '../events/emit.ts';
import { fileJson, files } from '../files/file.ts';
import type { Place } from '../workspace/place.ts';
import { emptyMessage, findMessage, isReply, type Message, messageJson, messages } from './message.ts';
import { nextTs } from './timestamp.ts';

export type NewMessage = Partial<Omit<Message, 'channel' | 'ts'>>;

/** Puts a message into a channel, and tells apps of it. */
export async function post(place: Place, channel: Channel, fields: NewMessage): Promise<Message> {
  const { session } = place;
  const message: Message = { ...emptyMessage, ...fields, channel: channel.id, ts: nextTs(session) };
  await session.store.put(messages, message);
  if (isReply(message)) await countReply(place, message);
  await emitMessage(place, channel, await shown(place, message));
  return message;
}

/** Who answered is counted at the message that was answered. */
async function countReply({ session }: Place, reply: Message): Promise<void> {
  const parent = await findMessage(session.store, reply.channel, reply.thread_ts ?? '');
  if (!parent) return;
  const before = parent.replies ?? { count: 0, users: [], latest: '' };
  const by = reply.user ?? reply.bot_id ?? '';
  const users = before.users.includes(by) ? before.users : [...before.users, by];
  await session.store.put(messages, {
    ...parent,
    thread_ts: parent.ts,
    replies: { count: before.count + 1, users, latest: reply.ts },
  });
}

/** Changes a message, and tells apps of what it was and is. */
export async function edit(place: Place, channel: Channel, message: Message, change: NewMessage): Promise<Message> {
  const changed = { ...message, ...change };
  await place.session.store.put(messages, changed);
  await emitMessage(place, channel, {
    subtype: 'message_changed',
    hidden: true,
    ts: nextTs(place.session),
    message: await shown(place, changed),
    previous_message: await shown(place, message),
  });
  return changed;
}

/** Removes a message, and tells apps. */
export async function removeMessage(place: Place, channel: Channel, message: Message): Promise<void> {
  await place.session.store.remove(messages, `${message.channel}:${message.ts}`);
  await emitMessage(place, channel, {
    subtype: 'message_deleted',
    hidden: true,
    ts: nextTs(place.session),
    deleted_ts: message.ts,
    previous_message: await shown(place, message),
  });
}

/** A message as its author and its readers get it. */
export async function shown({ session, url }: Place, message: Message, withMetadata = true): Promise<JsonObject> {
  const found = await session.store.getMany(files, message.files);
  const json = new Map(found.map((file) => [file.id, fileJson(url, session.account, file)]));
  return messageJson(message, { team: session.account, files: json, withMetadata });
}

const TALK = { public: 'channels', private: 'groups', im: 'im' } as const;
const CHANNEL_TYPE = { public: 'channel', private: 'group', im: 'im' } as const;

async function emitMessage({ session }: Place, channel: Channel, json: JsonObject): Promise<void> {
  const event = { ...json, type: 'message', channel: channel.id, channel_type: CHANNEL_TYPE[channel.kind], event_ts: json['ts'] };
  await emit(session, { subscription: `message.${TALK[channel.kind]}`, event, channel });
}
