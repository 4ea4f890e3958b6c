import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import { fail } from '../api/problem.ts';
import { type Args, parseArgs } from '../api/args.ts';
import type { Exchange } from '../../exchange.ts';
import type { App } from '../apps/app.ts';
import type { Directory } from '../apps/directory.ts';
import { installations } from '../apps/installation.ts';
import type { SlackSession } from '../workspace/session.ts';
import { codes } from './code.ts';
import { install } from './install.ts';
import { botToken, type Token, tokens } from './token.ts';

const grantSchema = z.object({
  grant_type: z.string().default('authorization_code'),
  client_id: z.string().default(''),
  client_secret: z.string().default(''),
  code: z.string().default(''),
  redirect_uri: z.string().optional(),
  refresh_token: z.string().default(''),
});
type Grant = z.output<typeof grantSchema>;

/** The arguments of an exchange; client id and secret may also stand in the header. */
export function readGrant(exchange: Exchange, args: Args): Grant {
  const grant = parseArgs(grantSchema, args);
  const basic = /^Basic\s+(\S+)$/i.exec(exchange.headers.authorization ?? '')?.[1];
  if (basic === undefined) return grant;
  const [client_id = '', client_secret = ''] = Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent);
  return { ...grant, client_id, client_secret };
}

/** @throws {Refusal} `invalid_client_id`, `bad_client_secret` */
export function clientOf(directory: Directory, grant: Pick<Grant, 'client_id' | 'client_secret'>): App {
  const app = directory.byClientId(grant.client_id);
  if (!app) throw fail('invalid_client_id');
  if (app.client_secret !== grant.client_secret) throw fail('bad_client_secret');
  return app;
}

/** Answers `oauth.v2.access`: a code, or a refresh token, for a token. @throws {Refusal} */
export async function grantAccess(session: SlackSession, app: App, grant: Grant): Promise<JsonObject> {
  if (grant.grant_type === 'refresh_token') return refresh(session, app, grant);
  if (grant.grant_type !== 'authorization_code') throw fail('invalid_grant_type');
  const code = await session.store.get(codes, grant.code);
  if (!code || code.client_id !== app.client_id || code.expires_at <= session.now) throw fail('invalid_code');
  if (code.used) throw fail('code_already_used');
  if (grant.redirect_uri !== undefined && grant.redirect_uri !== code.redirect_uri) throw fail('bad_redirect_uri');
  await session.store.put(codes, { ...code, used: true });
  const installation = await install(session, app, { scopes: code.scopes, installer: code.user_id });
  const token = await botToken(session, installation, app.manifest.settings.token_rotation_enabled);
  return accessJson(session, app, token);
}

const LIVE_TOKENS = 2;

/** A refresh token is good for one use. Two access tokens of an installation live; with a third the oldest ends. */
async function refresh(session: SlackSession, app: App, grant: Grant): Promise<JsonObject> {
  const [old] = await session.store.byLookup(tokens, grant.refresh_token);
  if (!old || old.app_id !== app.id || old.state !== 'live') throw fail('invalid_refresh_token');
  const installation = await session.store.get(installations, app.id);
  if (!installation?.installed) throw fail('invalid_refresh_token');
  await session.store.put(tokens, { ...old, refresh: null });
  const token = await botToken(session, installation, true);
  const live = (await session.store.list(tokens, { group: app.id })).filter(
    ({ state, expires_at }) => state === 'live' && expires_at !== null,
  );
  for (const oldest of live.slice(0, -LIVE_TOKENS)) await session.store.put(tokens, { ...oldest, state: 'revoked' });
  return accessJson(session, app, token);
}

async function accessJson(session: SlackSession, app: App, token: Token): Promise<JsonObject> {
  const installation = await session.store.get(installations, app.id);
  const life = token.expires_at === null ? undefined : Math.round((token.expires_at - session.now) / 1_000);
  return {
    app_id: app.id,
    authed_user: { id: installation?.installer ?? '' },
    scope: (installation?.scopes ?? []).join(','),
    token_type: 'bot',
    access_token: token.token,
    bot_user_id: token.user_id,
    ...(life !== undefined && { refresh_token: token.refresh, expires_in: life }),
    team: { id: session.account, name: session.state.name },
    enterprise: null,
    is_enterprise_install: false,
  };
}
