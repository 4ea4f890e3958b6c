import { refTo } from '../batch.ts';
import type { PlanContext, PlannedEffect } from '../batch.ts';
import { channelNames } from './channel-name.ts';
import { contactHash, nameOf, profileFields } from './profile.ts';
import { post } from './post.ts';
import { link, literal, literalName, oneLine } from './text.ts';
import type { Json, JsonObject } from '../../src/domain/json.ts';
import { textOf } from '../../src/domain/json.ts';

/** A person's channel, as a plan sees it: there already, or to be made. */
export interface Room {
  /** Its id, or what stands for it until it is made. */
  readonly channel: Json;
  /** Names the channel in keys of effects: a batch may meet two, when the first is archived in its midst. */
  readonly key: string;
  /** What is kept of it. */
  readonly data: JsonObject;
  readonly isNew: boolean;
  readonly context: PlanContext;
}

export function roomOf(context: PlanContext): Room {
  const { thread, previous } = context;
  if (thread !== undefined) return { channel: thread.remoteId, key: thread.remoteId, data: thread.data, isNew: false, context };
  const key = previous === undefined ? 'the first' : `after ${previous.remoteId}`;
  return { channel: refTo(`channel ${key}`, 'thread'), key, data: {}, isNew: true, context };
}

/** Makes the channel, if there is none, and shows whose it is. */
export function opening(room: Room): readonly PlannedEffect[] {
  return [...create(room), ...introduce(room), ...contactChanged(room)];
}

function create({ isNew, key, context }: Room): readonly PlannedEffect[] {
  if (!isNew) return [];
  const scopes = ['create'];
  const names = channelNames(context.appUser, context.nonce);
  const again = context.previous !== undefined;
  return [
    {
      key: `channel ${key}`,
      summary: again ? 'create a new channel' : 'create the channel',
      seqs: [],
      makes: 'thread',
      scopes,
      write: { kind: 'create', names, scopes, keeps: { again } },
    },
  ];
}

/** The first post: profile and app, and where to read what was said before. */
function introduce(room: Room): readonly PlannedEffect[] {
  const { data, context, key } = room;
  if (data['introduced'] === true) return [];
  const { appUser, app, previous, transcriptUrl } = context;
  const before = [
    ...(previous?.state === 'closed' ? [`This continues <#${previous.remoteId}>.`] : []),
    ...(transcriptUrl === undefined ? [] : [`${link(transcriptUrl, 'Earlier messages')} of this conversation.`]),
  ];
  const fields = profileFields(appUser, app.name).map(({ title, value }) => ({
    title: literal(title),
    value: literal(value),
    short: value.length <= 40,
  }));
  return [
    post(room, {
      key: `introduction ${key}`,
      summary: 'show the profile',
      seqs: [],
      keeps: { introduced: true, contact: contactHash(appUser) },
      message: {
        text: ['Here’s all the information we have on this user.', ...before].join('\n'),
        attachments: [{ color: '#8d6bc3', fallback: `Conversation with ${literal(nameOf(appUser))}`, fields, mrkdwn_in: [] }],
      },
    }),
  ];
}

/**
 * Tells of a name or an address that is another than the one that was shown.
 * @param seqs the activities that are told by it.
 */
export function contactChanged(room: Room, seqs: readonly number[] = []): readonly PlannedEffect[] {
  const { appUser } = room.context;
  const contact = contactHash(appUser);
  if (room.data['introduced'] !== true || room.data['contact'] === contact) return [];
  const email = appUser.email === undefined ? '' : ` · ${literal(oneLine(appUser.email, 200))}`;
  return [
    post(room, {
      key: `contact ${contact} ${room.key}`,
      summary: 'tell of changed contact information',
      seqs,
      keeps: { contact },
      message: { text: `The user has updated their contact information: *${literalName(nameOf(appUser))}*${email}` },
    }),
  ];
}

/** What can wait until the words are there: colleagues, and what the channel is about. */
export const furnishing = (room: Room): readonly PlannedEffect[] => [...invite(room), ...descriptions(room)];

/** What the channel is about, as its head shows it. */
export const descriptions = (room: Room): readonly PlannedEffect[] => [
  ...describe(room, 'purpose', purposeOf(room.context)),
  ...describe(room, 'topic', topicOf(room.context)),
];

/** Whoever connected the workspace is invited once. */
function invite({ channel, key, data, context }: Room): readonly PlannedEffect[] {
  const user = textOf(context.account.data, 'installer');
  if (data['invited'] === true || user === '') return [];
  const scopes = ['invite'];
  const write = { kind: 'invite', channel, user, scopes, keeps: { invited: true } };
  return [
    { key: `invitation ${key}`, summary: 'invite whoever connected the workspace', seqs: [], scopes, repeatable: true, write },
  ];
}

function describe({ channel, key, data }: Room, kind: 'topic' | 'purpose', text: string): readonly PlannedEffect[] {
  if (data[kind] === text) return [];
  const write = { kind, channel, text, scopes: [kind], keeps: { [kind]: text } };
  return [{ key: `${kind} ${key}`, summary: `set the channel’s ${kind}`, seqs: [], scopes: [kind], repeatable: true, write }];
}

/** Slack takes 250 characters of each. */
const MAX_DESCRIPTION = 240;

const purposeOf = ({ appUser, app, operator }: PlanContext): string =>
  describeWith(`Conversation with ${nameOf(appUser)} (${app.name}). ${operator['command'] ?? '/sk'} sends an answer.`);

const topicOf = ({ appUser, app }: PlanContext): string =>
  describeWith([nameOf(appUser), appUser.email, app.name].filter((part) => part !== undefined).join(' · '));

/** The signs that are escaped count by what they become. */
const describeWith = (text: string): string => {
  const line = oneLine(text, MAX_DESCRIPTION);
  return literal(line).length <= MAX_DESCRIPTION ? literal(line) : literal(line.replaceAll(/[<>&]/g, ' '));
};
