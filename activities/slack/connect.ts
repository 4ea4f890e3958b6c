import { z } from 'zod';
import type { Account, Api, Grant } from '../business-system.ts';
import type { Connected, Field, OAuthRequest, OAuthReturn } from '../connect.ts';
import { jsonOf } from '../http.ts';
import type { Http, HttpRequest } from '../http.ts';
import { ConnectRefused, CredentialsRevoked, Unavailable } from '../system-error.ts';
import { Nothing } from './answers.ts';
import { Code, TIMEOUT_MS, callSlack, slackUrl } from './client.ts';
import { isPassing } from './refusals.ts';
import { SCOPES, lacking, parseScopes } from './scopes.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { textOf } from '../../src/domain/json.ts';
import { SECOND } from '../../src/domain/time.ts';

/** For a Slack app other than the operator's: one of their own for each workspace. */
export const connectFields: readonly Field[] = [
  {
    name: 'clientId',
    label: 'Slack app: client ID',
    help: 'Under Basic Information of your Slack app. Leave these empty if whoever runs Deskbridge has set up one for all.',
    type: 'text',
  },
  { name: 'clientSecret', label: 'Slack app: client secret', type: 'secret' },
  { name: 'signingSecret', label: 'Slack app: signing secret', type: 'secret' },
];

const Input = z.object({
  clientId: z.string().optional(),
  clientSecret: z.string().optional(),
  signingSecret: z.string().optional(),
});

const Tokens = z.looseObject({
  access_token: z.string(),
  refresh_token: z.string().nullish(),
  expires_in: z.number().nullish(),
});

const Installed = z.looseObject({
  ...Tokens.shape,
  scope: z.string().default(''),
  bot_user_id: z.string(),
  app_id: z.string(),
  team: z.looseObject({ id: z.string(), name: z.string() }).nullish(),
  is_enterprise_install: z.boolean().default(false),
  authed_user: z.looseObject({ id: z.string() }),
});

/** @see https://docs.slack.dev/authentication/installing-with-oauth */
export function authorizeUrl(request: OAuthRequest): string {
  const { clientId } = clientOf(request);
  const query = new URLSearchParams({
    client_id: clientId,
    scope: SCOPES.map(({ name }) => name).join(','),
    redirect_uri: request.redirectUri,
    state: request.state,
  });
  return `${slackUrl(request)}/oauth/v2/authorize?${query.toString()}`;
}

/** Exchanges the code, and checks that enough was allowed. That it really works is shown by a test post, before it counts as connected. */
export async function exchange(back: OAuthReturn, http: Http): Promise<Connected> {
  const client = clientOf(back);
  const { clientId, clientSecret } = client;
  const form = { client_id: clientId, client_secret: clientSecret, code: back.code, redirect_uri: back.redirectUri };
  const installed = await access(back, http, form, Installed);
  const { team, scope, is_enterprise_install: isForAll } = installed;
  if (team === null || team === undefined || isForAll)
    throw new ConnectRefused(
      'The Slack app was installed for a whole organization. Install it in one workspace, and connect again.',
    );
  const missing = lacking(new Set(parseScopes(scope)));
  if (missing.length > 0)
    throw new ConnectRefused(
      `Slack did not grant what Deskbridge cannot do without: ${missing.join(', ')}. Connect again and allow all.`,
    );
  return {
    accountKey: team.id,
    data: {
      team: team.name,
      scopes: parseScopes(scope).toSorted(),
      installer: installed.authed_user.id,
      botUserId: installed.bot_user_id,
      appId: installed.app_id,
      connectedAt: back.now,
    },
    secrets: client.signingSecret === undefined ? {} : { signingSecret: client.signingSecret },
    grant: grantOf(installed, client, back.now),
    displayName: `Slack ${team.name}`,
  };
}

/**
 * Slack gives a new pair for the refresh token, where the Slack app has tokens rotate.
 * @see https://docs.slack.dev/authentication/using-token-rotation
 */
export async function refresh(credentials: JsonObject, account: Account, now: number, http: Http): Promise<Grant> {
  const refreshToken = textOf(credentials, 'refreshToken');
  if (refreshToken === '') throw new CredentialsRevoked('Slack no longer accepts our access. Connect the account again.');
  const client = clientNow(credentials, account.operator);
  const form = {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: client.clientId,
    client_secret: client.clientSecret,
  };
  try {
    const tokens = await access(account, http, form, Tokens);
    return grantOf({ ...tokens, refresh_token: tokens.refresh_token ?? refreshToken }, client, now);
  } catch (error) {
    if (error instanceof ConnectRefused)
      throw new CredentialsRevoked(
        'Slack no longer renews our access: it was revoked there, or the answer when it was last renewed was lost on its way. Connect the account again.',
        { cause: error },
      );
    throw error;
  }
}

/** A Slack app whose secret was changed knows the old one no more: the operator's is the new one. */
function clientNow(credentials: JsonObject, operator: Account['operator']): Client {
  const clientId = textOf(credentials, 'clientId');
  const operators = operator['clientId'] === clientId ? operator['clientSecret'] : undefined;
  return { clientId, clientSecret: operators ?? textOf(credentials, 'clientSecret') };
}

export const authorize = (request: HttpRequest, credentials: JsonObject): HttpRequest => ({
  ...request,
  headers: { ...request.headers, authorization: `Bearer ${textOf(credentials, 'botToken')}` },
});

/** Gives the token back. What is in the workspace stays: it is the team's. */
export async function disconnect(api: Api): Promise<void> {
  await callSlack(api, { method: 'auth.revoke', writes: true }, Nothing);
}

const Problem = z.looseObject({ ok: z.literal(false), error: Code });

/** @see https://docs.slack.dev/reference/methods/oauth.v2.access */
async function access<T>(
  account: Pick<Account, 'operator'>,
  http: Http,
  form: Readonly<Record<string, string>>,
  schema: z.ZodType<T>,
): Promise<T> {
  const url = `${slackUrl(account)}/api/oauth.v2.access`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(form).toString();
  const answer = await http({ method: 'POST', url, headers, body, writes: true, timeoutMs: TIMEOUT_MS });
  const problem = Problem.safeParse(jsonOf(answer)).data;
  if (problem !== undefined && answer.status < 500 && !isPassing(problem.error))
    throw new ConnectRefused(refusalOf(problem.error));
  const granted = schema.safeParse(jsonOf(answer));
  if (answer.status === 200 && granted.success) return granted.data;
  throw new Unavailable(`Slack answers ${answer.status} to the request for tokens`, { status: answer.status });
}

function refusalOf(error: string): string {
  switch (error) {
    case 'invalid_client_id':
    case 'bad_client_secret':
      return 'Slack does not know this Slack app, or its client secret is wrong. Check both and connect again.';
    case 'invalid_code':
    case 'code_already_used':
      return 'The permission was used or has expired (it lasts ten minutes). Connect again.';
    case 'bad_redirect_uri':
      return 'The address to come back to is not among the redirect URLs of the Slack app. Add it there, and connect again.';
    default:
      return `Slack did not give access: ${error}. Connect again.`;
  }
}

interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
}

function clientOf(request: {
  readonly input: JsonObject;
  readonly operator: Readonly<Record<string, string>>;
}): Client & { readonly signingSecret: string | undefined } {
  const { clientId, clientSecret, signingSecret } = Input.parse(request.input);
  if (clientId !== undefined) {
    if (clientSecret === undefined)
      throw new ConnectRefused('expected the client secret of this Slack app', { field: 'clientSecret' });
    if (signingSecret === undefined)
      throw new ConnectRefused('expected the signing secret of this Slack app', { field: 'signingSecret' });
    return { clientId, clientSecret, signingSecret };
  }
  const { clientId: ownId, clientSecret: ownSecret, signingSecret: ownSigning } = request.operator;
  if (ownId !== undefined && ownSecret !== undefined && ownSigning !== undefined)
    return { clientId: ownId, clientSecret: ownSecret, signingSecret: undefined };
  throw new ConnectRefused(
    'A Slack app is needed: make one from the manifest in docs/slack.md, and enter its client ID, client secret and signing secret here, or set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and SLACK_SIGNING_SECRET for all.',
    { field: 'clientId' },
  );
}

const grantOf = (tokens: z.infer<typeof Tokens>, { clientId, clientSecret }: Client, now: number): Grant => ({
  credentials: {
    botToken: tokens.access_token,
    ...(typeof tokens.refresh_token === 'string' ? { refreshToken: tokens.refresh_token } : {}),
    clientId,
    clientSecret,
  },
  ...(typeof tokens.expires_in === 'number' ? { expiresAt: now + tokens.expires_in * SECOND } : {}),
});
