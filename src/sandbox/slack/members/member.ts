import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { Kind, Store } from '../../store.ts';
import { unix } from '../workspace/session.ts';

const memberSchema = z.object({
  id: z.string(),
  /** The handle, such as `ben`. */
  name: z.string(),
  real_name: z.string(),
  display_name: z.string(),
  /** Null for apps. */
  email: z.string().nullable(),
  role: z.enum(['owner', 'admin', 'member', 'guest', 'app', 'slackbot']),
  deleted: z.boolean(),
  /** Of an app: who it is beside the user that it acts as. */
  bot_id: z.string().nullable(),
  app_id: z.string().nullable(),
  created: z.number(),
  updated: z.number(),
  seq: z.number(),
});

/** Somebody in the workspace: a person, or the user that an app acts as. */
export type Member = z.infer<typeof memberSchema>;

export const members: Kind<Member> = {
  name: 'member',
  schema: memberSchema,
  id: (member) => member.id,
  group: (member) => (isPerson(member) ? 'person' : 'app'),
  lookup: (member) => member.email ?? member.bot_id,
  position: (member) => member.seq,
};

export const SLACKBOT = 'USLACKBOT';

export const isPerson = (member: Member): boolean => member.role !== 'app' && member.role !== 'slackbot';
export const isAdmin = (member: Member): boolean => member.role === 'owner' || member.role === 'admin';

/** The name that others see. */
export const shownName = (member: Member): string => member.display_name || member.real_name;

/** The people of the workspace, the owner first. */
export const people = async (store: Store): Promise<readonly Member[]> =>
  (await store.list(members, { group: 'person' })).filter((member) => !member.deleted);

/** Whom an id, a handle, a name or an e-mail address means. */
export async function memberCalled(store: Store, who: string): Promise<Member | undefined> {
  const byId = await store.get(members, who);
  return byId ?? (await people(store)).find((m) => [m.name, m.real_name, m.display_name, m.email].includes(who));
}

export const avatarUrl = (url: string, member: Member, size: number): string =>
  `${url}/avatars/${member.id}-${size}.svg?name=${encodeURIComponent(shownName(member))}`;

/** A member as the API shows one. `url` is the stand-in's address. */
export function memberJson(url: string, team: string, member: Member): JsonObject {
  const isBot = member.role === 'app';
  const images = [24, 32, 48, 72, 192, 512].map((size) => [`image_${size}`, avatarUrl(url, member, size)]);
  return {
    id: member.id,
    team_id: team,
    name: member.name,
    deleted: member.deleted,
    color: '9f69e7',
    real_name: member.real_name,
    tz: 'Europe/London',
    tz_label: 'Greenwich Mean Time',
    tz_offset: 0,
    profile: {
      title: '',
      real_name: member.real_name,
      real_name_normalized: member.real_name,
      display_name: member.display_name,
      display_name_normalized: member.display_name,
      ...(member.email !== null && { email: member.email }),
      ...(member.bot_id !== null && { bot_id: member.bot_id, api_app_id: member.app_id }),
      avatar_hash: 'g00000000000',
      ...Object.fromEntries(images),
      team,
    },
    is_admin: isAdmin(member),
    is_owner: member.role === 'owner',
    is_primary_owner: member.role === 'owner',
    is_restricted: member.role === 'guest',
    is_ultra_restricted: false,
    is_bot: isBot,
    is_app_user: isBot,
    updated: unix(member.updated),
  };
}
