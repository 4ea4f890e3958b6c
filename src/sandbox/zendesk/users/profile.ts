import { z } from 'zod';
import type { ZendeskSession } from '../account/session.ts';
import { forbidden, invalidField } from '../problem.ts';
import { addIdentity, identities, userByIdentity } from './identity.ts';
import { checkedFields } from './user-field.ts';
import { isAgent, roleSchema, type User, userByExternalId, users } from './user.ts';

const optionalText = z.string().nullable().optional();

/** The attributes of a user that can be written. Others are ignored. */
export const profileSchema = z.object({
  name: z.string().optional(),
  email: z.string().nullable().optional(),
  role: roleSchema.optional(),
  external_id: z
    .union([z.string(), z.number().transform(String)])
    .nullable()
    .optional(),
  alias: optionalText,
  signature: optionalText,
  notes: optionalText,
  details: optionalText,
  phone: optionalText,
  locale: z.string().optional(),
  time_zone: z.string().optional(),
  tags: z.array(z.string()).optional(),
  user_fields: z.record(z.string(), z.json()).optional(),
  remote_photo_url: optionalText,
  verified: z.boolean().optional(),
  skip_verify_email: z.boolean().optional(),
});
export type Profile = z.infer<typeof profileSchema>;

/**
 * Makes a user.
 * @throws {Refusal} 422 on a missing name or a taken address; 403 when an agent makes another agent.
 */
export async function createUser(session: ZendeskSession, actor: User | undefined, profile: Profile): Promise<User> {
  const role = profile.role ?? 'end-user';
  if (role !== 'end-user') refuseUnlessAdmin(actor);
  if (profile.name === undefined) throw invalidField('name', 'Name: cannot be blank', 'BlankValue');
  const blank: User = {
    id: session.nextId(),
    name: profile.name,
    email: null,
    role,
    external_id: null,
    alias: null,
    signature: null,
    notes: null,
    details: null,
    phone: null,
    locale: 'en-US',
    time_zone: 'UTC',
    tags: [],
    user_fields: {},
    photo_url: null,
    verified: false,
    active: true,
    created_at: session.now,
    updated_at: session.now,
  };
  return applyProfile(session, blank, profile);
}

/**
 * Changes a user. An address is added as a secondary one, as Zendesk does; the primary stays.
 * @throws {Refusal} 422 on an empty name or a taken address; 403 when an agent changes an agent or a role.
 */
export async function updateUser(session: ZendeskSession, actor: User | undefined, user: User, profile: Profile): Promise<User> {
  const changesRole = profile.role !== undefined && profile.role !== user.role;
  if (isAgent(user) || changesRole) refuseUnlessAdmin(actor);
  return applyProfile(session, user, profile);
}

function refuseUnlessAdmin(actor: User | undefined): void {
  if (actor !== undefined && actor.role !== 'admin') throw forbidden();
}

async function applyProfile(session: ZendeskSession, user: User, profile: Profile): Promise<User> {
  checkName(profile.name);
  await checkExternalId(session, user, profile.external_id);
  const { email, phone, remote_photo_url, skip_verify_email, ...plain } = profile;
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  const changed: User = {
    ...user,
    ...given,
    user_fields: { ...user.user_fields, ...(await checkedFields(session.store, profile.user_fields ?? {})) },
    phone: user.phone ?? phone ?? null,
    photo_url: remote_photo_url === undefined ? user.photo_url : remote_photo_url,
    updated_at: session.now,
  };
  await session.store.put(users, changed);
  if (phone) await addOwn(session, changed, 'phone_number', phone, true);
  if (email) await addOwn(session, changed, 'email', email, skip_verify_email === true, profile.verified === true);
  return (await session.store.get(users, user.id)) ?? changed;
}

async function addOwn(
  session: ZendeskSession,
  user: User,
  type: 'email' | 'phone_number',
  value: string,
  skipVerifyEmail: boolean,
  verified = false,
): Promise<void> {
  const own = await session.store.list(identities, { group: user.id });
  if (own.some((identity) => identity.type === type && identity.value.toLowerCase() === value.trim().toLowerCase())) return;
  // A number may belong to several people; only addresses are unique.
  if (type === 'phone_number' && (await userByIdentity(session.store, type, value))) return;
  await addIdentity(session, user, { type, value, verified, skipVerifyEmail });
}

function checkName(name: string | undefined): void {
  if (name === undefined) return;
  if (name.trim() === '') throw invalidField('name', 'Name: is too short (minimum is 1 characters)', 'ValueTooShort');
  if (name.length > 255) throw invalidField('name', 'Name: is too long (maximum is 255 characters)', 'ValueTooLong');
}

async function checkExternalId(session: ZendeskSession, user: User, externalId: string | null | undefined): Promise<void> {
  if (!externalId) return;
  const other = await userByExternalId(session.store, externalId);
  if (other && other.id !== user.id) {
    throw invalidField('external_id', `External: ${externalId} is already being used by another user`, 'DuplicateValue');
  }
}
