import type { Response } from 'express';
import { type Answer, json, Refusal, send, withHeaders } from '../../answer.ts';
import { UnknownAccount } from '../../accounts.ts';
import type { Exchange } from '../../exchange.ts';
import { serve } from '../../serve.ts';
import type { Deps } from '../deps.ts';
import { clientOf, grantAccess, readGrant } from '../oauth/access.ts';
import { teamOfToken } from '../oauth/token.ts';
import { answerApi } from './answer-api.ts';
import { type Args, readArgs, tokenOf } from './args.ts';
import { fail } from './problem.ts';

/** One call of a method and the workspace that it belongs to; `undefined` when nothing tells. */
interface ApiCall {
  readonly team: string | undefined;
  readonly respond: () => Promise<Answer>;
}

/** Answers a call of the Web API, or as the script of faults says. */
export async function answerApiCall(deps: Deps, name: string, exchange: Exchange, response: Response): Promise<void> {
  try {
    const args = readArgs(exchange);
    const { team, respond } = await find(deps, { name, exchange, args });
    const answering = async (): Promise<Answer> => warned(exchange, await refusable(respond));
    if (team === undefined) return send(response, await answering());
    await serve(deps.serving, {
      account: team,
      exchange: { ...exchange, path: `/${name}`, query: new URLSearchParams() },
      response,
      respond: answering,
    });
  } catch (error) {
    if (error instanceof Refusal) return send(response, error.answer);
    if (error instanceof UnknownAccount) return send(response, fail('invalid_auth').answer);
    throw error;
  }
}

const refusable = (respond: () => Promise<Answer>): Promise<Answer> =>
  respond().catch((error: unknown) => {
    if (error instanceof Refusal) return error.answer;
    throw error;
  });

interface Found {
  readonly name: string;
  readonly exchange: Exchange;
  readonly args: Args;
}

async function find(deps: Deps, { name, exchange, args }: Found): Promise<ApiCall> {
  if (name === 'api.test')
    return { team: undefined, respond: async () => json(200, { ok: true, args: JSON.parse(JSON.stringify(args)) }) };
  if (name === 'oauth.v2.access') return exchangeGrant(deps, exchange, args);
  const token = tokenOf(exchange, args);
  if (token === undefined) throw fail('not_authed');
  if (name === 'apps.connections.open') return openConnection(deps, token);
  if (token.startsWith('xapp-')) throw fail('not_allowed_token_type');
  const team = teamOfToken(token);
  if (team === undefined) throw fail('invalid_auth');
  const { directory, url } = deps;
  const respond = async (): Promise<Answer> => {
    const answer = await deps.workspaces.write(team, (session) => answerApi({ session, url }, { name, args, token, directory }));
    deps.kick();
    return answer;
  };
  return { team, respond };
}

/** A code or a refresh token tells which workspace it is good for. */
function exchangeGrant(deps: Deps, exchange: Exchange, args: Args): ApiCall {
  const grant = readGrant(exchange, args);
  const app = clientOf(deps.directory, grant);
  const isRefresh = grant.grant_type === 'refresh_token';
  const team = teamOfToken(isRefresh ? grant.refresh_token : grant.code);
  if (team === undefined) throw fail(isRefresh ? 'invalid_refresh_token' : 'invalid_code');
  const respond = async (): Promise<Answer> => {
    const access = await deps.workspaces.write(team, (session) => session.attempt(() => grantAccess(session, app, grant)));
    deps.kick();
    return json(200, { ok: true, ...access });
  };
  return { team, respond };
}

/** `apps.connections.open`: an address that opens one socket. The workspace where the app was made keeps the log of it. */
async function openConnection({ directory, sockets }: Deps, token: string): Promise<ApiCall> {
  if (!token.startsWith('xapp-')) throw fail('not_allowed_token_type');
  const app = directory.byAppToken(token);
  if (!app) throw fail('invalid_auth');
  const respond = async (): Promise<Answer> => {
    if (!app.manifest.settings.socket_mode_enabled) throw fail('forbidden_team');
    return json(200, { ok: true, url: sockets.ticket(app.id) });
  };
  return { team: app.home, respond };
}

/** JSON without a character set is taken, with a warning. */
function warned(exchange: Exchange, answer: Answer): Answer {
  const type = exchange.headers['content-type'] ?? '';
  const headers = { 'x-slack-req-id': crypto.randomUUID().replaceAll('-', '') };
  const isBare = type.startsWith('application/json') && !type.includes('charset');
  if (!isBare || typeof answer.body !== 'string' || !answer.body.startsWith('{"ok":true')) return withHeaders(answer, headers);
  const body: unknown = JSON.parse(answer.body);
  const warning = { warning: 'missing_charset', response_metadata: { warnings: ['missing_charset'] } };
  return withHeaders({ ...answer, body: JSON.stringify({ ...warning, ...(typeof body === 'object' ? body : {}) }) }, headers);
}
