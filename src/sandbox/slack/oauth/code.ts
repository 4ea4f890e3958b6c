import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { MINUTE } from '../../../domain/time.ts';
import type { Kind } from '../../store.ts';
import { type SlackSession, teamNumber } from '../workspace/session.ts';

const codeSchema = z.object({
  code: z.string(),
  client_id: z.string(),
  user_id: z.string(),
  scopes: z.array(z.string()),
  redirect_uri: z.string(),
  expires_at: z.number(),
  used: z.boolean(),
});
type Code = z.infer<typeof codeSchema>;

export const codes: Kind<Code> = {
  name: 'oauth-code',
  schema: codeSchema,
  id: (code) => code.code,
  position: (code) => code.expires_at,
};

/** Makes a code, good for ten minutes and one use. */
export async function createCode(session: SlackSession, input: Omit<Code, 'code' | 'expires_at' | 'used'>): Promise<string> {
  const code = `${teamNumber(session.account)}.${session.nextId()}.${randomBytes(32).toString('hex')}`;
  await session.store.put(codes, { ...input, code, expires_at: session.now + 10 * MINUTE, used: false });
  return code;
}
