import { z } from 'zod';
import { fail } from '../api/problem.ts';
import { arg } from '../api/args.ts';
import { type Call, type Method, method } from '../api/call.ts';
import { takePost } from '../workspace/limits.ts';
import { unix } from '../workspace/session.ts';
import { visibleChannel } from '../channels/find.ts';
import { author, authorArgs } from './author.ts';
import { contentArgs, readContent } from './content.ts';
import { ephemerals } from './ephemeral.ts';
import { findMessage, isReply, type Message, messageId, messages } from './message.ts';
import { microsOf, nextTs } from './timestamp.ts';
import { parsed, type Parsing } from './parsing.ts';
import { edit, post, removeMessage, shown } from './post.ts';
import { placeFor, requireMayPost } from './where.ts';

const postMessage = method({
  name: 'chat.postMessage',
  scopes: ['chat:write'],
  tier: 'special',
  input: z.object({
    channel: arg.text,
    ...contentArgs,
    ...authorArgs,
    mrkdwn: arg.flagOn,
    thread_ts: arg.text.optional(),
    reply_broadcast: arg.flag,
    client_msg_id: arg.text.optional(),
  }),
  async answer(call, input) {
    const channel = await placeFor(call, input.channel);
    requireMayPost(call, channel);
    await takePost(call.session, call.token.app_id ?? call.user.id, channel.id);
    const content = readContent({ ...input, ...(await parsed(call.session, input)) });
    const thread_ts = input.thread_ts === undefined ? null : await threadOf(call, channel.id, input.thread_ts);
    const repeated = await repeatedPost(call, channel.id, input.client_msg_id);
    const client_msg_id = input.client_msg_id ?? null;
    const by = author(call, input);
    const broadcast = thread_ts !== null && input.reply_broadcast;
    const said = repeated ?? (await post(call, channel, { ...content, ...by, thread_ts, broadcast, client_msg_id }));
    return { channel: channel.id, ts: said.ts, message: await shown(call, said, true) };
  },
});

/** The message that starts the thread. @throws {Refusal} `thread_not_found`, `cannot_reply_to_message` */
async function threadOf(call: Call, channel: string, ts: string): Promise<string> {
  if (microsOf(ts) === undefined) throw fail('invalid_thread_ts');
  const parent = await findMessage(call.session.store, channel, ts);
  if (!parent) throw fail('thread_not_found');
  return isReply(parent) ? (parent.thread_ts ?? ts) : ts;
}

/** A post that was made before with the same id, where the workspace drops such. */
async function repeatedPost(call: Call, channel: string, id: string | undefined): Promise<Message | undefined> {
  if (id === undefined || !call.session.state.settings.dropsRepeatedClientMsgIds) return undefined;
  return (await call.session.store.list(messages, { group: channel, descending: true })).find(
    (said) => said.client_msg_id === id,
  );
}

const update = method({
  name: 'chat.update',
  scopes: ['chat:write'],
  tier: 3,
  input: z.object({ channel: arg.text, ts: arg.text, ...contentArgs }),
  async answer(call, input) {
    const channel = await visibleChannel(call, input.channel);
    const message = await ownMessage(call, channel.id, input.ts, 'cant_update_message');
    if (channel.is_archived) throw fail('is_archived');
    const { text, mrkdwn, blocks, attachments, metadata } = readContent({ ...input, ...(await newText(call, input, message)) });
    const change = {
      text,
      mrkdwn,
      blocks: input.blocks === undefined && input.text === undefined ? message.blocks : blocks,
      attachments: attachments ?? message.attachments,
      metadata: metadata ?? message.metadata,
      edited: { user: call.user.id, ts: `${unix(call.session.now)}.000000` },
    };
    const changed = await edit(call, channel, message, change);
    return { channel: channel.id, ts: message.ts, text, message: await shown(call, changed) };
  },
});

/** New words are read anew. New blocks take the place of the words; else these stay as they are. */
async function newText({ session }: Call, input: Parsing & { readonly blocks?: unknown }, { text, mrkdwn }: Message) {
  if (input.text !== undefined) return await parsed(session, { ...input, mrkdwn });
  return { text: input.blocks === undefined ? text : '', mrkdwn };
}

const remove = method({
  name: 'chat.delete',
  scopes: ['chat:write'],
  tier: 3,
  input: z.object({ channel: arg.text, ts: arg.text }),
  async answer(call, input) {
    const channel = await visibleChannel(call, input.channel);
    const message = await ownMessage(call, channel.id, input.ts, 'cant_delete_message');
    await removeMessage(call, channel, message);
    return { channel: channel.id, ts: message.ts };
  },
});

/** A message of the caller's own. @throws {Refusal} `message_not_found`, or what is named for those of others */
async function ownMessage(call: Call, channel: string, ts: string, otherwise: string): Promise<Message> {
  const message = await call.session.store.get(messages, messageId(channel, ts));
  if (!message) throw fail('message_not_found');
  const isOwn = call.app ? message.app_id === call.app.id : message.user === call.user.id;
  if (!isOwn) throw fail(otherwise);
  return message;
}

const postEphemeral = method({
  name: 'chat.postEphemeral',
  scopes: ['chat:write'],
  tier: 4,
  input: z.object({ channel: arg.text, user: arg.text, ...contentArgs, ...authorArgs, thread_ts: arg.text.optional() }),
  async answer(call, input) {
    const channel = await visibleChannel(call, input.channel);
    requireMayPost(call, channel);
    if (!channel.members.includes(input.user)) throw fail('user_not_in_channel');
    const { text, mrkdwn, blocks } = readContent({ ...input, ...(await parsed(call.session, input)) });
    const ts = nextTs(call.session);
    const by = author(call, input);
    await call.session.store.put(ephemerals, {
      channel: channel.id,
      ts,
      to: input.user,
      text,
      mrkdwn,
      blocks,
      username: by.username,
      user: by.user,
    });
    return { message_ts: ts };
  },
});

const getPermalink = method({
  name: 'chat.getPermalink',
  scopes: [],
  tier: 'special',
  input: z.object({ channel: arg.text, message_ts: arg.text }),
  async answer(call, { channel: id, message_ts }) {
    const channel = await visibleChannel(call, id);
    if (!(await findMessage(call.session.store, channel.id, message_ts))) throw fail('message_not_found');
    return { channel: channel.id, permalink: `${call.url}/client/${call.session.account}/${channel.id}#${message_ts}` };
  },
});

export const chatMethods: readonly Method[] = [postMessage, update, remove, postEphemeral, getPermalink];
