import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { SECOND } from '../../../domain/time.ts';
import type { Kind } from '../../store.ts';
import type { ZendeskSession } from '../account/session.ts';

const codeSchema = z.object({
  code: z.string(),
  client: z.string(),
  user_id: z.number(),
  scopes: z.array(z.string()),
  redirect_uri: z.string(),
  /** S256. */
  challenge: z.string().nullable(),
  expires_at: z.number(),
});
export type Code = z.infer<typeof codeSchema>;

const codes: Kind<Code> = {
  name: 'oauth-code',
  schema: codeSchema,
  id: (code) => code.code,
  position: (code) => code.expires_at,
};

const LIFE_MS = 120 * SECOND;

/** Makes an authorization code, good for 120 seconds and one use. */
export async function createCode(session: ZendeskSession, input: Omit<Code, 'code' | 'expires_at'>): Promise<string> {
  const code = randomBytes(32).toString('hex');
  await session.store.put(codes, { ...input, code, expires_at: session.now + LIFE_MS });
  return code;
}

/** Takes a code out of use, whether or not it is still good. */
export async function takeCode(session: ZendeskSession, code: string): Promise<Code | undefined> {
  const found = await session.store.get(codes, code);
  if (found) await session.store.remove(codes, code);
  return found && found.expires_at > session.now ? found : undefined;
}

/** Whether a PKCE verifier belongs to the challenge that was sent first. */
export function fitsChallenge(challenge: string | null, verifier: string | undefined): boolean {
  if (challenge === null) return verifier === undefined;
  return verifier !== undefined && createHash('sha256').update(verifier).digest('base64url') === challenge;
}
