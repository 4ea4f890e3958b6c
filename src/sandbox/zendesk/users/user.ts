import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { Kind, Store } from '../../store.ts';
import { stamp } from '../account/session.ts';
import { recordNotFound } from '../problem.ts';

export const roleSchema = z.enum(['end-user', 'agent', 'admin']);
export type Role = z.infer<typeof roleSchema>;

const userSchema = z.object({
  id: z.number(),
  name: z.string(),
  /** The primary address. */
  email: z.string().nullable(),
  role: roleSchema,
  external_id: z.string().nullable(),
  alias: z.string().nullable(),
  signature: z.string().nullable(),
  notes: z.string().nullable(),
  details: z.string().nullable(),
  phone: z.string().nullable(),
  locale: z.string(),
  time_zone: z.string(),
  tags: z.array(z.string()),
  user_fields: z.record(z.string(), z.json()),
  photo_url: z.string().nullable(),
  verified: z.boolean(),
  /** False once merged into another. */
  active: z.boolean(),
  created_at: z.number(),
  updated_at: z.number(),
});
export type User = z.infer<typeof userSchema>;

export const users: Kind<User> = {
  name: 'user',
  schema: userSchema,
  id: (user) => user.id,
  group: (user) => user.role,
  lookup: (user) => user.external_id?.toLowerCase() ?? null,
  position: (user) => user.id,
};

export const isAgent = (user: User): boolean => user.role !== 'end-user';

/** @throws {Refusal} 404 when there is none, or it was merged away. */
export async function userOr404(store: Store, id: string | number): Promise<User> {
  const user = await store.get(users, id);
  if (!user?.active) throw recordNotFound();
  return user;
}

/** The active user with this external id, in any case of letters. */
export async function userByExternalId(store: Store, externalId: string): Promise<User | undefined> {
  return (await store.byLookup(users, externalId.toLowerCase())).find((user) => user.active);
}

/** Agents and admins, in the order of their making. */
export async function staff(store: Store): Promise<readonly User[]> {
  const agents = [...(await store.list(users, { group: 'admin' })), ...(await store.list(users, { group: 'agent' }))];
  return agents.filter((user) => user.active);
}

/** A user as the API shows it. */
export function userJson(url: string, user: User): JsonObject {
  const { photo_url, ...rest } = user;
  return {
    ...rest,
    url: `${url}/api/v2/users/${user.id}.json`,
    created_at: stamp(user.created_at),
    updated_at: stamp(user.updated_at),
    photo: photo_url === null ? null : { content_url: photo_url, content_type: 'image/png' },
    suspended: false,
    shared: false,
    shared_agent: false,
    moderator: isAgent(user),
    organization_id: null,
    default_group_id: null,
    ticket_restriction: isAgent(user) ? null : 'requested',
    only_private_comments: false,
    restricted_agent: false,
  };
}
