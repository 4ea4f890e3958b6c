import { z } from 'zod';
import { fail } from '../api/problem.ts';
import { archive, describe, enter, exit, openChannel, removeChannel, rename, unarchive } from '../channels/change.ts';
import { checkFree, checkName } from '../channels/channel-name.ts';
import { type Channel, channels, isIn, listChannels, sees } from '../channels/channel.ts';
import { emit } from '../events/emit.ts';
import { shareByPerson } from '../files/share-by-person.ts';
import { isAdmin, type Member, memberCalled, memberJson, members } from '../members/member.ts';
import { findMessage, type Message } from '../messages/message.ts';
import { edit, post, removeMessage } from '../messages/post.ts';
import { hasReacted, react } from '../messages/reaction-methods.ts';
import { namesFor } from '../messages/names.ts';
import { typedText } from '../messages/text.ts';
import type { Place } from '../workspace/place.ts';
import { type SlackReading } from '../workspace/session.ts';

const as = z.string().min(1);
/** By id or name. */
const channel = z.string().min(1);
const inChannel = { as, channel };
const onMessage = { ...inChannel, ts: z.string() };

const file = z.object({ name: z.string().min(1), base64: z.base64() });

/** What a member does in Slack: on the page, or in a test. `as` is an id, a handle, a name or an e-mail address. */
export const memberAction = z.discriminatedUnion('do', [
  /** A text that begins with a slash is posted as it is: commands are `{ do: 'command' }`. */
  z.object({
    ...inChannel,
    do: z.literal('post'),
    text: z.string().default(''),
    thread: z.string().optional(),
    broadcast: z.boolean().optional(),
    files: z.array(file).default([]),
  }),
  /** `/sk Hello`. Not in threads. */
  z.object({ ...inChannel, do: z.literal('command'), text: z.string().regex(/^\/\S/) }),
  z.object({ ...onMessage, do: z.literal('edit'), text: z.string().min(1) }),
  z.object({ ...onMessage, do: z.literal('deleteMessage') }),
  /** Adds a reaction, or takes it back. */
  z.object({ ...onMessage, do: z.literal('react'), name: z.string().min(1) }),
  z.object({ ...inChannel, do: z.enum(['join', 'leave', 'archive', 'unarchive', 'deleteChannel']) }),
  z.object({ ...inChannel, do: z.enum(['invite', 'remove']), member: as }),
  z.object({ ...inChannel, do: z.literal('rename'), name: z.string() }),
  z.object({ ...inChannel, do: z.enum(['topic', 'purpose']), text: z.string() }),
  z.object({ as, do: z.literal('createChannel'), name: z.string(), private: z.boolean().default(false) }),
  z.object({ as, do: z.literal('profile'), real_name: z.string().optional(), display_name: z.string().optional() }),
]);
export type MemberAction = z.input<typeof memberAction>;
export type ParsedAction = z.output<typeof memberAction>;
export type CommandAction = Extract<ParsedAction, { do: 'command' }>;
type Doing = Exclude<ParsedAction, CommandAction>;

export interface Acted {
  readonly channel: string | null;
  /** The message that was posted or touched. */
  readonly ts: string | null;
}

/** Does what a member would do. @throws {Refusal} as the API, for what a member could not do either */
export async function act(place: Place, action: Doing): Promise<Acted> {
  const user = await actor(place.session, action.as);
  if (action.do === 'createChannel') return create(place, user, action);
  if (action.do === 'profile') return changeProfile(place, user, action);
  const where = await channelCalled(place.session, user, action.channel);
  if ('ts' in action) return actOnMessage(place, user, where, action);
  if (action.do === 'post') return write(place, user, where, action);
  await actOnChannel(place, user, where, action);
  return { channel: where.id, ts: null };
}

/** @throws {Refusal} `user_not_found` */
export async function actor({ store }: SlackReading, who: string): Promise<Member> {
  const user = await memberCalled(store, who);
  if (!user) throw fail('user_not_found');
  return user;
}

/** @throws {Refusal} `channel_not_found` */
export async function channelCalled({ store }: SlackReading, user: Member, where: string): Promise<Channel> {
  const byId = await store.get(channels, where);
  const named = byId ?? (await listChannels(store)).find(({ name }) => name !== '' && name === where.replace(/^#/, ''));
  if (!named || !sees(named, user.id)) throw fail('channel_not_found');
  return named;
}

async function create(place: Place, user: Member, action: Extract<Doing, { do: 'createChannel' }>): Promise<Acted> {
  const name = checkName(action.name);
  await checkFree(place.session.store, name);
  const opened = await openChannel(place, user, { name, kind: action.private ? 'private' : 'public' });
  return { channel: opened.id, ts: null };
}

async function changeProfile(place: Place, user: Member, action: Extract<Doing, { do: 'profile' }>): Promise<Acted> {
  const { session, url } = place;
  const { real_name = user.real_name, display_name = user.display_name } = action;
  const changed = { ...user, real_name, display_name, updated: session.now };
  await session.store.put(members, changed);
  const event = { type: 'user_change', user: memberJson(url, session.account, changed), cache_ts: session.now };
  await emit(session, { subscription: 'user_change', event });
  return { channel: null, ts: null };
}

function mustBeOpen(where: Channel, user: Member): void {
  if (where.is_archived) throw fail('is_archived');
  if (!isIn(where, user.id)) throw fail('not_in_channel');
}

async function write(place: Place, user: Member, where: Channel, action: Extract<Doing, { do: 'post' }>): Promise<Acted> {
  mustBeOpen(where, user);
  const isRestricted = where.is_general && place.session.state.settings.generalPosting === 'admins';
  if (isRestricted && !isAdmin(user)) throw fail('restricted_action');
  if (action.text.trim() === '' && action.files.length === 0) throw fail('no_text');
  const text = typedText(action.text, await namesFor(place.session));
  const thread_ts = action.thread ?? null;
  const broadcast = thread_ts !== null && action.broadcast === true;
  const files = await shareByPerson(place, user, where, action.files);
  const said = await post(place, where, {
    subtype: files.length > 0 ? 'file_share' : null,
    user: user.id,
    text,
    thread_ts,
    broadcast,
    files,
    client_msg_id: crypto.randomUUID(),
  });
  return { channel: where.id, ts: said.ts };
}

type OnMessage = Extract<Doing, { ts: string }>;

async function actOnMessage(place: Place, user: Member, where: Channel, action: OnMessage): Promise<Acted> {
  const message = await findMessage(place.session.store, where.id, action.ts);
  if (!message) throw fail('message_not_found');
  if (action.do === 'react') {
    const what = hasReacted(message, action.name, user) ? 'removed' : 'added';
    await react(place, message, { name: action.name, user, what });
  } else await changeMessage(place, { user, where, message }, action);
  return { channel: where.id, ts: message.ts };
}

interface Changing {
  readonly user: Member;
  readonly where: Channel;
  readonly message: Message;
}

async function changeMessage(place: Place, { user, where, message }: Changing, action: Exclude<OnMessage, { do: 'react' }>) {
  if (action.do === 'deleteMessage') {
    if (message.user !== user.id && !isAdmin(user)) throw fail('cant_delete_message');
    return removeMessage(place, where, message);
  }
  if (message.user !== user.id) throw fail('cant_update_message');
  const edited = { user: user.id, ts: `${Math.floor(place.session.now / 1_000)}.000000` };
  await edit(place, where, message, { text: typedText(action.text, await namesFor(place.session)), edited });
}

type OnChannel = Exclude<Doing, OnMessage | { do: 'post' | 'createChannel' | 'profile' }>;

async function actOnChannel(place: Place, user: Member, where: Channel, action: OnChannel): Promise<void> {
  switch (action.do) {
    case 'join':
      if (where.is_archived) throw fail('is_archived');
      return void (await enter(place, where, user));
    case 'leave':
      if (where.is_general) throw fail('cant_leave_general');
      return void (await exit(place, where, user));
    case 'archive':
      return archiveByPerson(place, where, user);
    case 'unarchive':
      if (!where.is_archived) throw fail('not_archived');
      return void (await unarchive(place, where, user));
    case 'deleteChannel':
      if (where.is_general) throw fail('cant_delete_general');
      return removeChannel(place, where, user);
    case 'invite':
      mustBeOpen(where, user);
      return void (await enter(place, where, await actor(place.session, action.member), user));
    case 'remove':
      return void (await exit(place, where, await anyMember(place, action.member)));
    case 'rename': {
      const name = checkName(action.name);
      await checkFree(place.session.store, name, where);
      return void (await rename(place, where, user, name));
    }
    case 'topic':
    case 'purpose':
      mustBeOpen(where, user);
      return void (await describe(place, where, user, action.do, action.text));
  }
}

async function archiveByPerson(place: Place, where: Channel, user: Member): Promise<void> {
  if (where.is_archived) throw fail('already_archived');
  if (where.is_general) throw fail('cant_archive_general');
  const apps = (await place.session.store.list(members, { group: 'app' })).map(({ id }) => id);
  await archive(place, where, user, apps);
}

/** People and apps alike. @throws {Refusal} `user_not_found` */
async function anyMember({ session }: Place, who: string): Promise<Member> {
  const all = await session.store.list(members);
  const found = all.find((member) =>
    [member.id, member.bot_id, member.app_id, member.name, member.real_name, member.email].includes(who),
  );
  if (!found) throw fail('user_not_found');
  return found;
}
