import type { Response } from 'express';
import { UnknownAccount } from '../accounts.ts';
import { type Answer, json, Refusal, send, text } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import { findRoute, type Params, type Route } from '../routes.ts';
import { serve } from '../serve.ts';
import { answerApiCall } from './api/api-call.ts';
import { useResponseUrl } from './commands/response-url.ts';
import { answerSandbox } from './control/sandbox-routes.ts';
import { fileBytes, takeBytes } from './files/file-content.ts';
import { avatarSvg } from './members/avatar.ts';
import { consentPage, decideConsent } from './oauth/authorize.ts';
import { answerClient } from './page/page-routes.ts';
import type { Deps } from './deps.ts';
import type { SlackSession } from './workspace/session.ts';

interface Ask {
  readonly deps: Deps;
  readonly exchange: Exchange;
  readonly params: Params;
  readonly response: Response;
}

interface SiteRoute extends Route {
  readonly answer: (ask: Ask) => Promise<void>;
}

const ROUTES: readonly SiteRoute[] = [
  {
    method: 'GET',
    path: '/api/:name',
    answer: (ask) => answerApiCall(ask.deps, ask.params.name ?? '', ask.exchange, ask.response),
  },
  {
    method: 'POST',
    path: '/api/:name',
    answer: (ask) => answerApiCall(ask.deps, ask.params.name ?? '', ask.exchange, ask.response),
  },
  { method: 'GET', path: '/oauth/v2/authorize', answer: showConsent },
  { method: 'POST', path: '/oauth/v2/authorize', answer: takeConsent },
  {
    method: 'POST',
    path: '/upload/v1/:team/:secret',
    answer: (ask) => served(ask, (session) => takeBytes(session, ask.exchange, ask.params.secret ?? '')),
  },
  { method: 'GET', path: '/files-pri/:file/:name', answer: showFile },
  {
    method: 'POST',
    path: '/commands/:team/:secret',
    answer: (ask) =>
      served(ask, (session) => useResponseUrl({ session, url: ask.deps.url }, ask.exchange, ask.params.secret ?? '')),
  },
  {
    method: 'GET',
    path: '/avatars/:file',
    answer: async ({ exchange, params, response }) => send(response, avatarSvg(params.file ?? '', exchange.query)),
  },
];

/** Answers one request: Slack itself, its pages for people, or the tools of the sandbox. */
export async function answerSite(deps: Deps, exchange: Exchange, response: Response): Promise<void> {
  try {
    const found = findRoute(ROUTES, exchange.method, exchange.path);
    if (found) return await found.route.answer({ deps, exchange, params: found.params, response });
    const other = (await answerClient(deps, exchange)) ?? (await answerSandbox(deps, exchange));
    send(response, other ?? text(404, 'not found'));
  } catch (error) {
    if (error instanceof Refusal) return send(response, error.answer);
    if (!(error instanceof UnknownAccount)) throw error;
    send(response, json(404, { error: 'NotFound', description: 'There is no such workspace in the sandbox.' }));
  }
}

/** In one transaction of the workspace that the address names, unless a scripted fault is in the way. */
async function served(ask: Ask, work: (session: SlackSession) => Promise<Answer>, team = ask.params.team ?? ''): Promise<void> {
  const { deps, exchange, response } = ask;
  await serve(deps.serving, {
    account: team,
    exchange,
    response,
    respond: async () => {
      const answer = await deps.workspaces.write(team, work);
      deps.kick();
      return answer;
    },
  });
}

const signedIn = async ({ workspaces }: Deps, team: string | null): Promise<string> =>
  team === null || team === '' ? ((await workspaces.names())[0] ?? '') : team;

async function showConsent(ask: Ask): Promise<void> {
  const { deps, exchange } = ask;
  const workspaces: { readonly id: string; readonly name: string }[] = [];
  for (const id of (await deps.workspaces.names()).slice(0, 9)) {
    const { state } = await deps.workspaces.read(id, async (reading) => reading);
    workspaces.push({ id, name: state.name ?? id });
  }
  const team = await signedIn(deps, exchange.query.get('team'));
  await served(ask, (session) => consentPage(session, exchange, { directory: deps.directory, workspaces }), team);
}

async function takeConsent(ask: Ask): Promise<void> {
  const { deps, exchange } = ask;
  const team = await signedIn(deps, new URLSearchParams(exchange.body.toString('utf8')).get('team'));
  await served(ask, (session) => decideConsent(session, exchange, deps.directory), team);
}

/** `T…-F…` is a file of a workspace. */
async function showFile(ask: Ask): Promise<void> {
  const [team = '', id = ''] = (ask.params.file ?? '').split('-');
  await served(ask, (session) => fileBytes(session, ask.exchange, id), team);
}
