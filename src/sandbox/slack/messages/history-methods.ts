import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import { fail } from '../api/problem.ts';
import { arg } from '../api/args.ts';
import { type Call, type Method, method } from '../api/call.ts';
import { type Channel, isIn } from '../channels/channel.ts';
import { channelFor, scopesFor } from '../channels/find.ts';
import { findMessage, isReply, type Message, messageId, messages } from './message.ts';
import { shown } from './post.ts';
import { microsOf } from './timestamp.ts';

const range = z.object({
  channel: arg.text,
  oldest: arg.text.optional(),
  latest: arg.text.optional(),
  inclusive: arg.flag,
  limit: arg.count.min(1).max(999).default(100),
  cursor: arg.text.optional(),
  include_all_metadata: arg.flag,
});
type Range = z.output<typeof range>;

/** The newest messages of a channel, without the replies of threads. Newest first. */
const history = method({
  name: 'conversations.history',
  scopes: scopesFor('history'),
  tier: 3,
  input: range,
  async answer(call, input) {
    const channel = await readable(call, input.channel);
    const said = await call.session.store.list(messages, { group: channel.id, ...span(input), descending: true });
    const talk = said.filter((message) => !isReply(message) || message.broadcast);
    return { ...(await pageOf(call, talk, input)), pin_count: 0, channel_actions_ts: null, channel_actions_count: 0 };
  },
});

/** A thread: what it answers first, then the answers, oldest first. */
const replies = method({
  name: 'conversations.replies',
  scopes: scopesFor('history'),
  tier: 3,
  input: range.extend({ ts: arg.text }),
  async answer(call, input) {
    const channel = await readable(call, input.channel);
    const named = await findMessage(call.session.store, channel.id, input.ts);
    if (!named) throw fail('thread_not_found');
    const root = isReply(named) ? await findMessage(call.session.store, channel.id, named.thread_ts ?? '') : named;
    const answers = await call.session.store.byLookup(messages, messageId(channel.id, root?.ts ?? input.ts));
    const { after, before } = span(input);
    const inRange = (message: Message): boolean => {
      const at = microsOf(message.ts) ?? 0;
      return at > (after ?? -1) && at < (before ?? Infinity);
    };
    return pageOf(call, [...(root ? [root] : []), ...answers.filter(inRange)], input);
  },
});

/** @throws {Refusal} `not_in_channel`: apps read only where they are */
async function readable(call: Call, id: string): Promise<Channel> {
  const channel = await channelFor(call, id, 'history');
  // An app that was thrown out by archiving still reads a public channel's past.
  if (call.app && !isIn(channel, call.user.id) && !channel.is_archived) throw fail('not_in_channel');
  return channel;
}

function span({ oldest, latest, inclusive }: Range): { readonly after?: number; readonly before?: number } {
  const edge = inclusive ? 1 : 0;
  return {
    ...(oldest !== undefined && oldest !== '0' && { after: microsOrRefuse(oldest) - edge }),
    ...(latest !== undefined && { before: microsOrRefuse(latest) + edge }),
  };
}

function microsOrRefuse(ts: string): number {
  const micros = microsOf(ts);
  if (micros === undefined) throw fail('invalid_ts_latest');
  return micros;
}

async function pageOf(
  call: Call,
  found: readonly Message[],
  { limit, cursor, include_all_metadata }: Range,
): Promise<JsonObject> {
  const after = cursor === undefined || cursor === '' ? undefined : Buffer.from(cursor, 'base64').toString().replace('ts:', '');
  const start = after === undefined ? 0 : found.findIndex((message) => message.ts === after) + 1;
  if (after !== undefined && start === 0) throw fail('invalid_cursor');
  const cut = found.slice(start, start + limit);
  const has_more = start + limit < found.length;
  const last = cut.at(-1);
  const shownMessages: JsonObject[] = [];
  for (const message of cut) shownMessages.push(await shown(call, message, include_all_metadata));
  const next_cursor = has_more && last ? Buffer.from(`ts:${last.ts}`).toString('base64') : '';
  return { messages: shownMessages, has_more, ...(has_more && { response_metadata: { next_cursor } }) };
}

export const historyMethods: readonly Method[] = [history, replies];
