import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { AppKey } from '../db/apps.ts';
import { findKey } from '../db/apps.ts';
import type { AppId } from '../domain/ids.ts';
import { MINUTE } from '../domain/time.ts';
import { isSameSecret } from '../secrets.ts';
import type { ApiDeps } from './deps.ts';
import { unauthorized } from './problem.ts';

/** Who sends a request, and how far they reach. `app`: the one app that the key is good for, if it is not good for all. */
export type Credentials =
  | { readonly scope: 'account' }
  | { readonly scope: 'app'; readonly app: AppId | undefined }
  | { readonly scope: 'appUser'; readonly app: AppId | undefined; readonly userId: string };

type AuthDeps = Pick<ApiDeps, 'db' | 'vault' | 'clock'>;

/** Clocks differ; a token that claims to be from later than this was not made by a sound one. */
const IAT_SLACK_MS = 5 * MINUTE;

/**
 * Finds out who sends a request: a JWT signed with a key's secret (HS256, `kid`), or the key's id and secret as Basic.
 * @throws {Problem} 401
 */
export async function authenticate(deps: AuthDeps, header: string | undefined): Promise<Credentials> {
  const [scheme, value] = /^(\S+)\s+(\S.*)$/.exec(header ?? '')?.slice(1) ?? [];
  if (scheme === undefined || value === undefined) throw unauthorized('Authorization is required');
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return await fromToken(deps, value.trim());
    case 'basic':
      return await fromPassword(deps, Buffer.from(value, 'base64').toString('utf8'));
    default:
      throw unauthorized('Authorization: expected Bearer with a JWT, or Basic with a key id and its secret');
  }
}

async function fromPassword(deps: AuthDeps, pair: string): Promise<Credentials> {
  const colon = pair.indexOf(':');
  const key = await keyNamed(deps, pair.slice(0, Math.max(colon, 0)));
  // Compared with something in any case: how long the answer takes tells nothing about which keys exist.
  const isRight = isSameSecret(pair.slice(colon + 1), key?.secret ?? pair);
  if (key === undefined || !isRight) throw unauthorized('Authorization: the key id or its secret is wrong');
  return key.app === undefined ? { scope: 'account' } : { scope: 'app', app: key.app };
}

const Payload = z.discriminatedUnion('scope', [
  z.object({ scope: z.literal('account') }),
  z.object({ scope: z.literal('app') }),
  z.object({ scope: z.literal('appUser'), userId: z.string().min(1) }),
]);

async function fromToken(deps: AuthDeps, token: string): Promise<Credentials> {
  const now = deps.clock.now();
  try {
    const key = await keyNamed(deps, kidOf(token));
    if (key === undefined) throw unauthorized('Authorization: expected a JWT whose kid is the id of a key');
    const verified = await jwtVerify(token, new TextEncoder().encode(key.secret), {
      algorithms: ['HS256'],
      currentDate: new Date(now),
    });
    if ((verified.payload.iat ?? 0) * 1_000 > now + IAT_SLACK_MS) throw unauthorized('Authorization: iat: is in the future');
    const payload = Payload.safeParse(verified.payload);
    if (payload.success) return atMost(key, payload.data);
  } catch (error) {
    throw whyRefused(error);
  }
  throw unauthorized('Authorization: scope: expected account, app, or appUser with a userId');
}

/** A token reaches no further than the key that signed it: with a key of one app, `account` is that app. */
function atMost(key: AppKey, payload: z.infer<typeof Payload>): Credentials {
  if (payload.scope === 'appUser') return { scope: 'appUser', app: key.app, userId: payload.userId };
  if (payload.scope === 'account' && key.app === undefined) return { scope: 'account' };
  return { scope: 'app', app: key.app };
}

function kidOf(token: string): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(token);
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}

function whyRefused(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return unauthorized('Authorization: exp: the token has expired', { cause: error });
  if (error instanceof errors.JOSEError) {
    return unauthorized('Authorization: expected a JWT that is signed with the secret of its kid (HS256)', { cause: error });
  }
  return error;
}

const keyNamed = async (deps: AuthDeps, id: string | undefined): Promise<AppKey | undefined> =>
  id !== undefined && /^[\w-]{1,128}$/.test(id) ? await findKey(deps.db, deps.vault, id) : undefined;
