import type { Effect, RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import { Refused } from '../system-error.ts';
import { unlessRefused } from '../unless-refused.ts';
import { Nothing, PostAnswer } from './answers.ts';
import { channelRef, createChannel, labelOf } from './channels.ts';
import { callSlack, trySlack } from './client.ts';
import type { SlackCall } from './client.ts';
import { share, upload } from './files.ts';
import { POSTING_RESTRICTED, THREAD_CLOSED } from './refusals.ts';
import { Write } from './writes.ts';
import type { AnnounceWrite, DescribeWrite, InviteWrite, PostWrite, UpdateWrite } from './writes.ts';
import type { JsonObject } from '../../src/domain/json.ts';

/** Performs one planned write: a channel, a post, a file, what furnishes a channel. */
export async function perform(effect: Effect, api: Api): Promise<RemoteRef> {
  const write = Write.parse(effect.write);
  switch (write.kind) {
    case 'create':
      return channelRef(await createChannel(api, write), write);
    case 'post':
      return await post(write, api);
    case 'announce':
      return await announce(write, api);
    case 'update':
      return await update(write, api);
    case 'invite':
      return await invite(write, api);
    case 'topic':
    case 'purpose':
      return await describe(write, api);
    case 'upload':
      return await upload(write, api);
    case 'share':
      return await share(write, api);
  }
}

/** What every post of ours says besides its words: it calls nobody, unfolds nothing, and can be found again. */
export const messageArgs = (channel: string, message: JsonObject, mark: string): JsonObject => ({
  ...message,
  channel,
  parse: 'none',
  link_names: false,
  unfurl_links: false,
  unfurl_media: false,
  metadata: { event_type: 'deskbridge_post', event_payload: { mark } },
});

/** @see https://docs.slack.dev/reference/methods/chat.postMessage */
async function post(write: PostWrite, api: Api): Promise<RemoteRef> {
  const args = messageArgs(write.channel, write.message, write.mark);
  const call = { method: 'chat.postMessage', args, writes: true, scopes: write.scopes, inThread: true };
  try {
    return postRef(write, (await callSlack(api, call, PostAnswer)).body);
  } catch (error) {
    if (write.isExtra && error instanceof Refused) return ref(write.keeps);
    throw error;
  }
}

/** Where the dispatch channel takes nothing, whoever connected the workspace is told directly: a conversation must not go unseen. */
async function announce(write: AnnounceWrite, api: Api): Promise<RemoteRef> {
  const text = `${write.before}<#${write.channel}>${write.after}`;
  const args = messageArgs(write.dispatch, { text }, write.mark);
  const call = { method: 'chat.postMessage', args, writes: true, scopes: write.scopes };
  const posted = await trySlack(api, call, PostAnswer, POSTING_RESTRICTED);
  if (typeof posted !== 'string') return announceRef(posted.body);
  const told = write.fallback === undefined ? undefined : await tellDirectly(write, `${text}\n${whyDirectly(posted)}`, api);
  return told === undefined ? ref({ announced: false }) : announceRef(told);
}

async function tellDirectly(write: AnnounceWrite, text: string, api: Api) {
  const args = messageArgs(write.fallback ?? '', { text }, write.mark);
  const call = { method: 'chat.postMessage', args, writes: true };
  return (await unlessRefused(() => callSlack(api, call, PostAnswer)))?.body;
}

const whyDirectly = (code: string): string =>
  `(This comes to you because the dispatch channel takes no posts of mine: ${code}. Choose another one in Deskbridge.)`;

/** A notification that somebody has deleted meanwhile needs no news. */
async function update(write: UpdateWrite, api: Api): Promise<RemoteRef> {
  const args = { channel: write.dispatch, ts: write.ts, text: write.text, parse: 'none', link_names: false };
  await leniently(api, { method: 'chat.update', args, writes: true, scopes: write.scopes });
  return ref(write.keeps);
}

async function invite(write: InviteWrite, api: Api): Promise<RemoteRef> {
  const args = { channel: write.channel, users: write.user };
  await leniently(api, { method: 'conversations.invite', args, writes: true, scopes: write.scopes, inThread: true });
  return ref(write.keeps);
}

async function describe(write: DescribeWrite, api: Api): Promise<RemoteRef> {
  const method = write.kind === 'topic' ? 'conversations.setTopic' : 'conversations.setPurpose';
  const args = { channel: write.channel, [write.kind]: write.text };
  await leniently(api, { method, args, writes: true, scopes: write.scopes, inThread: true });
  return ref(write.keeps);
}

/**
 * What only adds to the words must not hold them up: an invitation of somebody who has left, a topic that may not be set. Nor does it
 * say that a channel is out of use: where Deskbridge was only taken out of it, posts still arrive.
 */
async function leniently(api: Api, call: SlackCall): Promise<void> {
  await unlessRefused(() => trySlack(api, call, Nothing, THREAD_CLOSED));
}

interface Posted {
  readonly channel: string;
  readonly ts: string;
}

export const postRef = ({ keeps }: PostWrite, { channel, ts }: Posted): RemoteRef => ({
  ids: [`${channel} ${ts}`],
  data: keeps,
  label: labelOf(channel),
});

export const announceRef = ({ channel, ts }: Posted): RemoteRef => ({
  ids: [`${channel} ${ts}`],
  data: { announced: { channel, ts } },
});

/** For writes that leave nothing to be told by. */
const ref = (data: JsonObject): RemoteRef => ({ ids: [], data });
