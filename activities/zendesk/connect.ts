import { z } from 'zod';
import type { Api } from '../business-system.ts';
import type { Connected, Field, OAuthRequest, OAuthReturn } from '../connect.ts';
import { jsonOf } from '../http.ts';
import type { Http, HttpRequest } from '../http.ts';
import { ConnectRefused, Unavailable } from '../system-error.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { textOf } from '../../src/domain/json.ts';
import { MeAnswer, Nothing, TokenAnswer } from './answers.ts';
import { baseUrl, callZendesk, TIMEOUT_MS } from './client.ts';
import { clientOf } from './oauth-client.ts';
import { grantOf, requestTokens } from './tokens.ts';
import type { Place, Tokens } from './tokens.ts';

/** There is no finer scope for uploads, brands and trigger categories. */
const SCOPES = ['read', 'write'];

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
    help: 'Admin Center → Apps and integrations → APIs → OAuth clients. Not needed where the operator provides a global one.',
    type: 'text',
  },
  { name: 'clientSecret', label: 'OAuth client: secret', type: 'secret' },
];

const Input = z.object({ subdomain: z.string() });

/** @see https://developer.zendesk.com/documentation/api-basics/authentication/oauth-migration/ */
export function authorizeUrl(request: OAuthRequest): string {
  const { subdomain } = Input.parse(request.input);
  const { clientId } = clientOf(request);
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: request.redirectUri,
    scope: SCOPES.join(' '),
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
  const place = { key: subdomain, operator: back.operator };
  const body = {
    grant_type: 'authorization_code',
    code: back.code,
    redirect_uri: back.redirectUri,
    code_verifier: back.codeVerifier,
    scope: SCOPES.join(' '),
  };
  const tokens = await requestTokens(place, client, body, http);
  refuseUseless(tokens);
  const me = await whoAmI(place, http, tokens.access_token);
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

/** Zendesk gives a token also for scopes that it does not know, or for fewer. Every call with it would fail. */
function refuseUseless(tokens: Tokens): void {
  const given = (tokens.scope ?? SCOPES.join(' ')).split(/[\s,]+/);
  if (!SCOPES.every((scope) => given.includes(scope)))
    throw new ConnectRefused(
      `Zendesk gave access to "${given.join(' ')}" only; Deskbridge needs "${SCOPES.join(' ')}". Allow the OAuth client both scopes and connect again.`,
    );
  if (typeof tokens.expires_in === 'number' && typeof tokens.refresh_token !== 'string')
    throw new ConnectRefused(
      'Zendesk gave access that soon ends, and nothing to renew it with. Make the OAuth client a confidential one that may use refresh tokens, and connect again.',
    );
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

async function whoAmI(place: Place, http: Http, token: string): Promise<z.infer<typeof MeAnswer>['user']> {
  const url = `${baseUrl(place, place.key)}/api/v2/users/me`;
  const headers = { authorization: `Bearer ${token}` };
  const answer = await http({ method: 'GET', url, headers, writes: false, timeoutMs: TIMEOUT_MS });
  const { status } = answer;
  if (status >= 500 || status === 429)
    throw new Unavailable(`Zendesk gave access, but answers ${status} to the question who did. Try again in some minutes.`, {
      status,
    });
  const me = MeAnswer.safeParse(jsonOf(answer));
  if (status === 200 && me.success) return me.data.user;
  throw new ConnectRefused(
    `Zendesk gave access, but answers ${status} to the question who did. Check the scopes of the OAuth client, and whether this user may use the API.`,
  );
}
