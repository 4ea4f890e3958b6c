import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Kind, Store } from '../../store.ts';
import { type Installation } from '../apps/installation.ts';
import { type SlackSession, teamIdOfNumber, teamNumber } from '../workspace/session.ts';

const tokenSchema = z.object({
  token: z.string(),
  /** Null: a person's own token, which no app has. */
  app_id: z.string().nullable(),
  user_id: z.string(),
  /** A person's token carries its scopes; an app's has those of the installation. */
  scopes: z.array(z.string()).nullable(),
  refresh: z.string().nullable(),
  expires_at: z.number().nullable(),
  state: z.enum(['live', 'revoked', 'inactive']),
  seq: z.number(),
});
export type Token = z.infer<typeof tokenSchema>;

export const tokens: Kind<Token> = {
  name: 'token',
  schema: tokenSchema,
  id: (token) => token.token,
  group: (token) => token.app_id ?? token.user_id,
  lookup: (token) => token.refresh,
  position: (token) => token.seq,
};

const secret = (): string => randomBytes(12).toString('hex');

/** The workspace that a token, code or refresh token belongs to, by the number in it. */
export function teamOfToken(token: string): string | undefined {
  const number = /^(?:xoxe\.)?(?:xox[bpe]-)(?:1-)?(\d+)-/.exec(token)?.[1] ?? /^(\d+)\.\d+\./.exec(token)?.[1];
  return number === undefined ? undefined : teamIdOfNumber(number);
}

/** The token of an installed app. Without rotation there is one, and it stays the same until it is revoked. */
export async function botToken(session: SlackSession, installation: Installation, rotates: boolean): Promise<Token> {
  const live = (await session.store.list(tokens, { group: installation.app_id })).filter(({ state }) => state === 'live');
  const lasting = live.find((token) => token.expires_at === null);
  if (!rotates && lasting) return lasting;
  const seq = session.nextId();
  const number = teamNumber(session.account);
  const base = `xoxb-${number}-${seq}-${secret()}`;
  const seconds = session.state.settings.accessTokenSeconds;
  return saved(session.store, {
    token: rotates ? `xoxe.${base}` : base,
    app_id: installation.app_id,
    user_id: installation.bot_user_id,
    scopes: null,
    refresh: rotates ? `xoxe-1-${number}-${seq}-${secret()}` : null,
    expires_at: rotates ? session.now + seconds * 1_000 : null,
    state: 'live',
    seq,
  });
}

/** A person's token, `xoxp-…`, that never expires. */
export async function userToken(session: SlackSession, userId: string, scopes: readonly string[]): Promise<Token> {
  const seq = session.nextId();
  return saved(session.store, {
    token: `xoxp-${teamNumber(session.account)}-${seq}-${secret()}`,
    app_id: null,
    user_id: userId,
    scopes: [...scopes],
    refresh: null,
    expires_at: null,
    state: 'live',
    seq,
  });
}

async function saved(store: Store, token: Token): Promise<Token> {
  await store.put(tokens, token);
  return token;
}

/** Ends an app's tokens. `revoked`: the tokens alone; `inactive`: the app has left. */
export async function endTokens(store: Store, appId: string, state: 'revoked' | 'inactive'): Promise<void> {
  for (const token of await store.list(tokens, { group: appId }))
    if (token.state === 'live') await store.put(tokens, { ...token, state });
}
