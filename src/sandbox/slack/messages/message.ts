import { z } from 'zod';
import type { Json, JsonObject } from '../../../domain/json.ts';
import type { Kind, Store } from '../../store.ts';
import { microsOf } from './timestamp.ts';

const jsonObject = z.record(z.string(), z.json());

const messageSchema = z.object({
  channel: z.string(),
  ts: z.string(),
  subtype: z.string().nullable(),
  /** Null where an app posted under another name. */
  user: z.string().nullable(),
  bot_id: z.string().nullable(),
  app_id: z.string().nullable(),
  username: z.string().nullable(),
  icons: z.record(z.string(), z.string()).nullable(),
  text: z.string(),
  /** Whether the text is formatted. */
  mrkdwn: z.boolean().default(true),
  blocks: z.array(jsonObject).nullable(),
  attachments: z.array(jsonObject).nullable(),
  metadata: z.object({ event_type: z.string(), event_payload: jsonObject }).nullable(),
  client_msg_id: z.string().nullable(),
  thread_ts: z.string().nullable(),
  /** A reply that was also sent to the channel. */
  broadcast: z.boolean(),
  /** Who answered in its thread, and when last. */
  replies: z.object({ count: z.number(), users: z.array(z.string()), latest: z.string() }).nullable(),
  edited: z.object({ user: z.string(), ts: z.string() }).nullable(),
  files: z.array(z.string()),
  reactions: z.array(z.object({ name: z.string(), users: z.array(z.string()) })),
  /** What a subtype carries besides: `{ topic: … }`, `{ inviter: … }`. */
  extra: jsonObject,
});
export type Message = z.infer<typeof messageSchema>;

export const messages: Kind<Message> = {
  name: 'message',
  schema: messageSchema,
  id: (message) => messageId(message.channel, message.ts),
  group: (message) => message.channel,
  // The answers of a thread, without what they answer.
  lookup: (message) => (isReply(message) ? messageId(message.channel, message.thread_ts ?? '') : null),
  position: (message) => microsOf(message.ts) ?? 0,
};

export const messageId = (channel: string, ts: string): string => `${channel}:${ts}`;

export const isReply = (message: Message): boolean => message.thread_ts !== null && message.thread_ts !== message.ts;

export const findMessage = (store: Store, channel: string, ts: string): Promise<Message | undefined> =>
  store.get(messages, messageId(channel, ts));

/** What a message may come with; everything else is nothing. */
export const emptyMessage = {
  subtype: null,
  user: null,
  bot_id: null,
  app_id: null,
  username: null,
  icons: null,
  text: '',
  mrkdwn: true,
  blocks: null,
  attachments: null,
  metadata: null,
  client_msg_id: null,
  thread_ts: null,
  broadcast: false,
  replies: null,
  edited: null,
  files: [],
  reactions: [],
  extra: {},
} satisfies Omit<Message, 'channel' | 'ts'>;

const present = (fields: Readonly<Record<string, Json | null>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

export interface Showing {
  readonly team: string;
  /** What stands for each file. */
  readonly files: ReadonlyMap<string, JsonObject>;
  readonly withMetadata: boolean;
}

/** A message as the API and events show it. */
export function messageJson(message: Message, { team, files, withMetadata }: Showing): JsonObject {
  const { replies } = message;
  const shownFiles = message.files.map((id) => files.get(id) ?? { id, mode: 'tombstone' });
  return {
    type: 'message',
    ...present({
      subtype: message.subtype ?? (message.broadcast ? 'thread_broadcast' : null),
      user: message.user,
      bot_id: message.bot_id,
      app_id: message.app_id,
      username: message.username,
      icons: message.icons,
      client_msg_id: message.client_msg_id,
      blocks: message.blocks,
      attachments: message.attachments,
      metadata: withMetadata ? message.metadata : null,
      thread_ts: message.thread_ts,
      edited: message.edited,
    }),
    text: message.text,
    ts: message.ts,
    ...(message.subtype === null && { team }),
    ...(replies !== null && {
      reply_count: replies.count,
      reply_users_count: replies.users.length,
      latest_reply: replies.latest,
      reply_users: replies.users,
      is_locked: false,
      subscribed: false,
    }),
    ...(shownFiles.length > 0 && { files: shownFiles, upload: false }),
    ...(message.reactions.length > 0 && {
      reactions: message.reactions.map(({ name, users }) => ({ name, users, count: users.length })),
    }),
    ...message.extra,
  };
}
