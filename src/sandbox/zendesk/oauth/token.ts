import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { Kind, Store } from '../../store.ts';
import { stamp, stampOrNull, type ZendeskSession } from '../account/session.ts';
import { unauthorized } from '../problem.ts';
import { type User, users } from '../users/user.ts';

const tokenSchema = z.object({
  id: z.number(),
  /** The access token, as sent in `Authorization: Bearer`. */
  access: z.string(),
  /** Null for tokens that were not made by a grant. */
  refresh: z.string().nullable(),
  client_id: z.number().nullable(),
  user_id: z.number(),
  scopes: z.array(z.string()),
  created_at: z.number(),
  used_at: z.number().nullable(),
  /** Null: never. */
  expires_at: z.number().nullable(),
  refresh_expires_at: z.number().nullable(),
});
export type Token = z.infer<typeof tokenSchema>;

export const tokens: Kind<Token> = {
  name: 'token',
  schema: tokenSchema,
  id: (token) => token.id,
  group: (token) => token.user_id,
  lookup: (token) => token.access,
  position: (token) => token.id,
};

const refreshSchema = z.object({ refresh: z.string(), token_id: z.number() });
/** Which token a refresh token renews. */
export const refreshes: Kind<z.infer<typeof refreshSchema>> = {
  name: 'refresh-token',
  schema: refreshSchema,
  id: (row) => row.refresh,
  position: (row) => row.token_id,
};

export interface NewToken {
  readonly userId: number;
  readonly clientId: number | null;
  readonly scopes: readonly string[];
  /** Seconds. Null: never expires, and there is nothing to refresh. */
  readonly life: { readonly access: number; readonly refresh: number } | null;
}

export async function createToken(session: ZendeskSession, input: NewToken): Promise<Token> {
  const { now, store } = session;
  const { life } = input;
  const token: Token = {
    id: session.nextId(),
    access: randomBytes(32).toString('hex'),
    refresh: life && randomBytes(32).toString('hex'),
    client_id: input.clientId,
    user_id: input.userId,
    scopes: [...input.scopes],
    created_at: now,
    used_at: null,
    expires_at: life && now + life.access * 1_000,
    refresh_expires_at: life && now + life.refresh * 1_000,
  };
  await store.put(tokens, token);
  if (token.refresh !== null) await store.put(refreshes, { refresh: token.refresh, token_id: token.id });
  return token;
}

/** Ends a pair: neither half works any more. */
export async function revokeToken(store: Store, token: Token): Promise<void> {
  await store.remove(tokens, token.id);
  if (token.refresh !== null) await store.remove(refreshes, token.refresh);
}

/** Whose token is in the `Authorization` header. @throws {Refusal} 401 */
export async function authenticate(
  session: ZendeskSession,
  authorization: string | undefined,
): Promise<{ readonly token: Token; readonly user: User }> {
  const access = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  const [token] = access === undefined ? [] : await session.store.byLookup(tokens, access);
  if (!token || (token.expires_at !== null && token.expires_at <= session.now)) throw unauthorized();
  const user = await session.store.get(users, token.user_id);
  if (!user?.active) throw unauthorized();
  return { token, user };
}

/** A token as the API shows it: only the first ten characters of its secrets. */
export const tokenJson = (url: string, token: Token): JsonObject => ({
  id: token.id,
  url: `${url}/api/v2/oauth/tokens/${token.id}.json`,
  user_id: token.user_id,
  client_id: token.client_id,
  token: token.access.slice(0, 10),
  refresh_token: token.refresh?.slice(0, 10) ?? null,
  scopes: token.scopes,
  created_at: stamp(token.created_at),
  used_at: stampOrNull(token.used_at),
  expires_at: stampOrNull(token.expires_at),
  refresh_token_expires_at: stampOrNull(token.refresh_expires_at),
});
