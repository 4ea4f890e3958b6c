import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { Kind, Store } from '../../store.ts';
import { stamp, type ZendeskSession } from '../account/session.ts';
import { recordInvalid } from '../problem.ts';
import { sendVerification } from '../triggers/outbox.ts';
import { type User, users } from './user.ts';

const identitySchema = z.object({
  id: z.number(),
  user_id: z.number(),
  type: z.enum(['email', 'phone_number', 'twitter', 'facebook', 'google', 'agent_forwarding']),
  value: z.string(),
  verified: z.boolean(),
  primary: z.boolean(),
  created_at: z.number(),
  updated_at: z.number(),
});
export type Identity = z.infer<typeof identitySchema>;
export type IdentityType = Identity['type'];
export const identityType = identitySchema.shape.type;

const lookupKey = (type: IdentityType, value: string): string => `${type}:${value.trim().toLowerCase()}`;

export const identities: Kind<Identity> = {
  name: 'identity',
  schema: identitySchema,
  id: (identity) => identity.id,
  group: (identity) => identity.user_id,
  lookup: (identity) => lookupKey(identity.type, identity.value),
  position: (identity) => identity.id,
};

/** Whom an address belongs to, as primary or secondary. */
export async function userByIdentity(store: Store, type: IdentityType, value: string): Promise<User | undefined> {
  const [identity] = await store.byLookup(identities, lookupKey(type, value));
  return identity && store.get(users, identity.user_id);
}

export interface NewIdentity {
  readonly type: IdentityType;
  readonly value: string;
  readonly verified: boolean;
  /** Keeps Zendesk from mailing the person to verify the address. */
  readonly skipVerifyEmail: boolean;
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * Gives a user one more identity, which becomes primary only if it is the first of its type.
 * @throws {Refusal} 422 when the address is malformed, someone's already, or one of the account's own.
 */
export async function addIdentity(session: ZendeskSession, user: User, input: NewIdentity): Promise<Identity> {
  const { store, now } = session;
  const field = input.type === 'email' ? 'email' : 'value';
  const value = input.value.trim();
  if (input.type === 'email' && !EMAIL.test(value))
    throw recordInvalid({ [field]: [{ description: `Email: ${value} is not properly formatted`, error: 'InvalidValue' }] });
  if (value.toLowerCase() === supportAddress(session)) {
    throw recordInvalid({
      [field]: [{ description: `Email: ${value} cannot be used, it is a support address`, error: 'InvalidValue' }],
    });
  }
  if (await userByIdentity(store, input.type, value)) {
    throw recordInvalid({
      [field]: [{ description: `Email: ${value} is already being used by another user`, error: 'DuplicateValue' }],
    });
  }
  const others = (await store.list(identities, { group: user.id })).filter((other) => other.type === input.type);
  const identity: Identity = {
    id: session.nextId(),
    user_id: user.id,
    type: input.type,
    value,
    verified: input.verified,
    primary: others.length === 0,
    created_at: now,
    updated_at: now,
  };
  await store.put(identities, identity);
  if (identity.primary && identity.type === 'email') await store.put(users, { ...user, email: value, updated_at: now });
  if (input.type === 'email' && !input.verified && !input.skipVerifyEmail) await sendVerification(session, user.id, value);
  return identity;
}

/** The address that mail to the account itself goes to; no user may have it. */
export const supportAddress = (session: { readonly account: string }): string => `support@${session.account}.zendesk.com`;

export const identityJson = (url: string, identity: Identity): JsonObject => ({
  ...identity,
  url: `${url}/api/v2/users/${identity.user_id}/identities/${identity.id}.json`,
  created_at: stamp(identity.created_at),
  updated_at: stamp(identity.updated_at),
  undeliverable_count: 0,
  deliverable_state: 'deliverable',
});
