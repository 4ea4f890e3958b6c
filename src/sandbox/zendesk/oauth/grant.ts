import { z } from 'zod';
import { type Answer, json, Refusal } from '../../answer.ts';
import { bodyAs, type Exchange } from '../../exchange.ts';
import type { ZendeskSession } from '../account/session.ts';
import { type OauthClient, clients } from './client.ts';
import { fitsChallenge, takeCode } from './code.ts';
import { createToken, refreshes, revokeToken, type Token, tokens } from './token.ts';

const seconds = z.coerce.number().int().optional();
const grantSchema = z.object({
  grant_type: z.string().optional(),
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
  code: z.string().optional(),
  redirect_uri: z.string().optional(),
  code_verifier: z.string().optional(),
  refresh_token: z.string().optional(),
  expires_in: seconds,
  refresh_token_expires_in: seconds,
});
type Grant = z.infer<typeof grantSchema>;

const problem = (status: number, error: string, description: string): Refusal =>
  new Refusal(json(status, { error, error_description: description }, { 'cache-control': 'no-store' }));

const invalidGrant = (): Refusal =>
  problem(
    400,
    'invalid_grant',
    'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI, or was issued to another client.',
  );

/** Answers `POST /oauth/tokens`: a code or a refresh token for a new pair. A refused code is used up all the same. */
export async function grantTokens(session: ZendeskSession, exchange: Exchange): Promise<Answer> {
  try {
    const grant = bodyAs(exchange, grantSchema);
    if (!grant?.success) throw problem(400, 'invalid_request', 'The request is malformed.');
    const client = await authenticateClient(session, grant.data);
    return tokenAnswer(session, await redeem(session, client, grant.data));
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

function redeem(session: ZendeskSession, client: OauthClient, grant: Grant): Promise<Token> {
  if (grant.grant_type === 'authorization_code') return redeemCode(session, client, grant);
  if (grant.grant_type === 'refresh_token') return redeemRefresh(session, client, grant);
  throw problem(400, 'unsupported_grant_type', 'The authorization grant type is not supported by the authorization server.');
}

async function authenticateClient(session: ZendeskSession, grant: Grant): Promise<OauthClient> {
  const client = grant.client_id === undefined ? undefined : await session.store.get(clients, grant.client_id);
  if (!client || (client.secret !== null && client.secret !== grant.client_secret)) {
    throw problem(
      401,
      'invalid_client',
      'Client authentication failed due to unknown client, or no client authentication included.',
    );
  }
  return client;
}

async function redeemCode(session: ZendeskSession, client: OauthClient, grant: Grant): Promise<Token> {
  const life = lifeOf(session, grant);
  const code = grant.code === undefined ? undefined : await takeCode(session, grant.code);
  const fits = code && code.client === client.identifier && code.redirect_uri === grant.redirect_uri;
  if (!fits || !fitsChallenge(code.challenge, grant.code_verifier)) throw invalidGrant();
  return createToken(session, { userId: code.user_id, clientId: client.id, scopes: code.scopes, life });
}

/** The old pair ends at once, the access token too; nobody gets a second try with it. */
async function redeemRefresh(session: ZendeskSession, client: OauthClient, grant: Grant): Promise<Token> {
  const life = lifeOf(session, grant);
  const row = grant.refresh_token === undefined ? undefined : await session.store.get(refreshes, grant.refresh_token);
  const old = row && (await session.store.get(tokens, row.token_id));
  if (!old || old.client_id !== client.id || (old.refresh_expires_at ?? 0) <= session.now) throw invalidGrant();
  await revokeToken(session.store, old);
  return createToken(session, { userId: old.user_id, clientId: client.id, scopes: old.scopes, life });
}

const BOUNDS = { expires_in: [300, 172_800], refresh_token_expires_in: [604_800, 7_776_000] } as const;

function lifeOf(session: ZendeskSession, grant: Grant): { readonly access: number; readonly refresh: number } {
  const { settings } = session.state;
  for (const name of ['expires_in', 'refresh_token_expires_in'] as const) {
    const asked = grant[name];
    const [least, most] = BOUNDS[name];
    if (asked !== undefined && (asked < least || asked > most)) {
      throw problem(400, 'invalid_request', `${name} must be between ${least} and ${most} seconds`);
    }
  }
  return {
    access: grant.expires_in ?? settings.accessTokenSeconds,
    refresh: grant.refresh_token_expires_in ?? settings.refreshTokenSeconds,
  };
}

function tokenAnswer(session: ZendeskSession, token: Token): Answer {
  const left = (until: number | null): number => Math.round(((until ?? session.now) - session.now) / 1_000);
  const body = {
    access_token: token.access,
    refresh_token: token.refresh,
    token_type: 'bearer',
    scope: token.scopes.join(' '),
    expires_in: left(token.expires_at),
    refresh_token_expires_in: left(token.refresh_expires_at),
  };
  return json(201, body, { 'cache-control': 'no-store' });
}
