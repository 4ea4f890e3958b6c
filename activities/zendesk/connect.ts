import { z } from 'zod';
import type { Account, Api, Grant } from '../business-system.ts';
import type { Connected, Field, OAuthRequest, OAuthReturn } from '../connect.ts';
import { jsonOf } from '../http.ts';
import type { Http, HttpRequest } from '../http.ts';
import { ConnectRefused, CredentialsRevoked, Unavailable } from '../system-error.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { textOf } from '../../src/domain/json.ts';
import { SECOND } from '../../src/domain/time.ts';
import { MeAnswer, Nothing, TokenAnswer } from './answers.ts';
import { baseUrl, callZendesk, TIMEOUT_MS } from './client.ts';

/** There is no finer scope for uploads, brands and trigger categories. */
const SCOPE = 'read write';
/** Bounds of Zendesk: 5 minutes to 48 hours, 7 to 90 days. An idle account is renewed long before. */
const ACCESS_SECONDS = 86_400;
const REFRESH_SECONDS = 7_700_000;

export const connectFields: readonly Field[] = [
  {
    name: 'subdomain',
    label: 'Subdomain',
    help: 'The first part of your Zendesk address: "acme" in acme.zendesk.com.',
    type: 'text',
    required: true,
    pattern: {
      source: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
      expected: 'the first part of your Zendesk address, such as "acme"',
    },
  },
  {
    name: 'clientId',
    label: 'OAuth client: unique identifier',
    help: 'Admin Center → Apps and integrations → OAuth clients.',
    type: 'text',
  },
  { name: 'clientSecret', label: 'OAuth client: secret', type: 'secret' },
];

const Input = z.object({ subdomain: z.string(), clientId: z.string().optional(), clientSecret: z.string().optional() });

const Tokens = z.object({
  access_token: z.string(),
  refresh_token: z.string().nullish(),
  expires_in: z.number().nullish(),
  scope: z.string().nullish(),
});

/** @see https://developer.zendesk.com/documentation/api-basics/authentication/oauth-migration/ */
export function authorizeUrl(request: OAuthRequest): string {
  const { subdomain } = Input.parse(request.input);
  const { clientId } = clientOf(request);
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: request.redirectUri,
    scope: SCOPE,
    state: request.state,
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
  });
  return `${baseUrl({ operator: request.operator }, subdomain)}/oauth/authorizations/new?${query.toString()}`;
}

/** Exchanges the code, and checks that whoever allowed it can do what Deskbridge needs. */
export async function exchange(back: OAuthReturn, http: Http): Promise<Connected> {
  const { subdomain } = Input.parse(back.input);
  const client = clientOf(back);
  const account = { key: subdomain, operator: back.operator };
  const tokens = await requestTokens(account, http, {
    grant_type: 'authorization_code',
    code: back.code,
    redirect_uri: back.redirectUri,
    code_verifier: back.codeVerifier,
    scope: SCOPE,
    client_id: client.clientId,
    client_secret: client.clientSecret,
  });
  const me = await whoAmI(account, http, tokens.access_token);
  if (me.role !== 'admin') {
    throw new ConnectRefused(
      `${me.name} is not an administrator of this Zendesk. Sign in there as one, and connect again: Deskbridge sets up a webhook and a trigger.`,
    );
  }
  return {
    accountKey: subdomain,
    data: { connectedAs: me.name, connectedAsId: me.id },
    grant: grantOf(tokens, client, back.now),
    displayName: `Zendesk ${subdomain}`,
  };
}

/** Zendesk gives a new pair for the refresh token and ends the old one at once. */
export async function refresh(credentials: JsonObject, account: Account, now: number, http: Http): Promise<Grant> {
  const client = { clientId: textOf(credentials, 'clientId'), clientSecret: textOf(credentials, 'clientSecret') };
  const refreshToken = credentials['refreshToken'];
  if (typeof refreshToken !== 'string') throw new CredentialsRevoked('Zendesk gave no refresh token. Connect the account again.');
  try {
    const tokens = await requestTokens(account, http, {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: client.clientId,
      client_secret: client.clientSecret,
    });
    return grantOf({ ...tokens, refresh_token: tokens.refresh_token ?? refreshToken }, client, now);
  } catch (error) {
    if (error instanceof ConnectRefused)
      throw new CredentialsRevoked('Zendesk no longer renews our access. Connect the account again.', { cause: error });
    throw error;
  }
}

export const authorize = (request: HttpRequest, credentials: JsonObject): HttpRequest => ({
  ...request,
  headers: { ...request.headers, authorization: `Bearer ${textOf(credentials, 'accessToken')}` },
});

/** Gives the token back. */
export async function disconnect(api: Api): Promise<void> {
  const { body } = await callZendesk(api, { method: 'GET', path: '/api/v2/oauth/tokens/current' }, TokenAnswer);
  await callZendesk(api, { method: 'DELETE', path: `/api/v2/oauth/tokens/${body.token.id}` }, Nothing);
}

async function requestTokens(
  account: Pick<Account, 'key' | 'operator'>,
  http: Http,
  body: JsonObject,
): Promise<z.infer<typeof Tokens>> {
  const url = `${baseUrl(account, account.key)}/oauth/tokens`;
  const bounds = { expires_in: ACCESS_SECONDS, refresh_token_expires_in: REFRESH_SECONDS };
  const answer = await http({ method: 'POST', url, body: { ...body, ...bounds }, writes: true, timeoutMs: TIMEOUT_MS });
  if (answer.status >= 500 || answer.status === 429)
    throw new Unavailable(`Zendesk answers ${answer.status} to the request for tokens`, { status: answer.status });
  if (answer.status === 404)
    throw new ConnectRefused(`There is no Zendesk at ${account.key}.zendesk.com.`, { field: 'subdomain', status: 404 });
  const tokens = Tokens.safeParse(jsonOf(answer));
  if (answer.status < 200 || answer.status > 299 || !tokens.success)
    throw new ConnectRefused(refusalOf(answer.text), { status: answer.status });
  return tokens.data;
}

const OAuthProblem = z.object({ error: z.string(), error_description: z.string().optional() });

function refusalOf(text: string): string {
  const problem = OAuthProblem.safeParse(jsonOf({ status: 0, headers: {}, text }));
  if (!problem.success) return 'Zendesk did not give access, and did not say why. Check the OAuth client and connect again.';
  const { error, error_description: description } = problem.data;
  if (error === 'invalid_client')
    return 'Zendesk does not know this OAuth client, or its secret is wrong. Check both and connect again.';
  if (error === 'invalid_grant') return 'The permission was used or has expired (it lasts two minutes). Connect again.';
  return `Zendesk did not give access: ${description ?? error}. Connect again.`;
}

async function whoAmI(
  account: Pick<Account, 'key' | 'operator'>,
  http: Http,
  token: string,
): Promise<z.infer<typeof MeAnswer>['user']> {
  const url = `${baseUrl(account, account.key)}/api/v2/users/me`;
  const answer = await http({
    method: 'GET',
    url,
    headers: { authorization: `Bearer ${token}` },
    writes: false,
    timeoutMs: TIMEOUT_MS,
  });
  const me = MeAnswer.safeParse(jsonOf(answer));
  if (answer.status === 200 && me.success) return me.data.user;
  throw new ConnectRefused(
    `Zendesk gave access, but answers ${answer.status} to the question who granted it. Check the scopes of the OAuth client.`,
  );
}

function clientOf(request: { readonly input: JsonObject; readonly operator: Readonly<Record<string, string>> }): {
  clientId: string;
  clientSecret: string;
} {
  const { clientId, clientSecret } = Input.parse(request.input);
  if (clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret };
  const { clientId: globalId, clientSecret: globalSecret } = request.operator;
  if (globalId !== undefined && globalSecret !== undefined) return { clientId: globalId, clientSecret: globalSecret };
  throw new ConnectRefused(
    'An OAuth client is needed: make one in the Admin Center of this Zendesk and enter its identifier and secret.',
    { field: clientId === undefined ? 'clientId' : 'clientSecret' },
  );
}

const grantOf = (
  tokens: z.infer<typeof Tokens>,
  client: { readonly clientId: string; readonly clientSecret: string },
  now: number,
): Grant => ({
  credentials: {
    accessToken: tokens.access_token,
    ...(tokens.refresh_token === null || tokens.refresh_token === undefined ? {} : { refreshToken: tokens.refresh_token }),
    ...client,
  },
  ...(tokens.expires_in === null || tokens.expires_in === undefined ? {} : { expiresAt: now + tokens.expires_in * SECOND }),
});
