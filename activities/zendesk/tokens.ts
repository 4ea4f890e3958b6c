import { z } from 'zod';
import type { Account, Grant } from '../business-system.ts';
import { jsonOf } from '../http.ts';
import type { Http, HttpAnswer } from '../http.ts';
import { ConnectRefused, CredentialsRevoked, Unavailable } from '../system-error.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { textOf } from '../../src/domain/json.ts';
import { SECOND } from '../../src/domain/time.ts';
import { vendorWords } from '../vendor-words.ts';
import { baseUrl, sentence, TIMEOUT_MS } from './client.ts';
import type { OAuthClient } from './oauth-client.ts';

/** Bounds of Zendesk: 5 minutes to 48 hours, 7 to 90 days. An idle account is renewed long before. */
const ACCESS_SECONDS = 86_400;
const REFRESH_SECONDS = 7_700_000;

const Tokens = z.object({
  access_token: z.string(),
  refresh_token: z.string().nullish(),
  expires_in: z.number().nullish(),
  scope: z.string().nullish(),
});
export type Tokens = z.infer<typeof Tokens>;

/** Where a Zendesk is. */
export type Place = Pick<Account, 'key' | 'operator'>;

/**
 * Zendesk gives a new pair for the refresh token and ends the old one at once.
 * @see https://developer.zendesk.com/documentation/api-basics/authentication/refresh-token/
 */
export async function refresh(credentials: JsonObject, account: Account, now: number, http: Http): Promise<Grant> {
  const client = { clientId: textOf(credentials, 'clientId'), clientSecret: textOf(credentials, 'clientSecret') };
  const refreshToken = credentials['refreshToken'];
  if (typeof refreshToken !== 'string') throw new CredentialsRevoked('Zendesk gave no refresh token. Connect the account again.');
  try {
    const body = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const tokens = await requestTokens(account, client, body, http);
    return grantOf({ ...tokens, refresh_token: tokens.refresh_token ?? refreshToken }, client, now);
  } catch (error) {
    if (error instanceof ConnectRefused)
      throw new CredentialsRevoked(`Zendesk no longer renews our access: ${error.message} Connect the account again.`, {
        cause: error,
      });
    throw error;
  }
}

/** @throws {ConnectRefused} in words for whoever connects. */
export async function requestTokens(place: Place, client: OAuthClient, wanted: JsonObject, http: Http): Promise<Tokens> {
  const url = `${baseUrl(place, place.key)}/oauth/tokens`;
  const bounds = { expires_in: ACCESS_SECONDS, refresh_token_expires_in: REFRESH_SECONDS };
  const body = { ...wanted, client_id: client.clientId, client_secret: client.clientSecret, ...bounds };
  const answer = await http({ method: 'POST', url, body, writes: true, timeoutMs: TIMEOUT_MS });
  const { status } = answer;
  if (status >= 500 || status === 429)
    throw new Unavailable(`Zendesk answers ${status} to the request for tokens. Try again in some minutes.`, { status });
  if (status === 404)
    throw new ConnectRefused(`There is no Zendesk at ${place.key}.zendesk.com.`, { field: 'subdomain', status });
  if (status >= 300 && status < 400)
    throw new ConnectRefused(`${place.key}.zendesk.com leads elsewhere: enter the name that this Zendesk has now.`, {
      field: 'subdomain',
      status,
    });
  const tokens = Tokens.safeParse(jsonOf(answer));
  if (status < 200 || status > 299 || !tokens.success) throw new ConnectRefused(refusalOf(answer, body), { status });
  return tokens.data;
}

const OAuthProblem = z.object({ error: z.string(), error_description: z.string().optional() });

function refusalOf(answer: HttpAnswer, sent: JsonObject): string {
  const problem = OAuthProblem.safeParse(jsonOf(answer));
  if (!problem.success) return `Zendesk answers ${answer.status} and does not say why. Check the OAuth client.`;
  const { error, error_description: description } = problem.data;
  switch (error) {
    case 'invalid_client':
      return 'Zendesk does not know this OAuth client, or its secret is wrong. Check both.';
    case 'invalid_grant':
      return sent['grant_type'] === 'refresh_token'
        ? 'it was revoked there or has ended, or the answer when it was last renewed was lost on its way.'
        : 'The permission was used or has ended: it lasts two minutes.';
    case 'unauthorized_client':
      return 'The OAuth client may not be used for this Zendesk: a client works only on the subdomain where it was made, unless it is a global one.';
    default:
      return `Zendesk did not give access: ${sentence(vendorWords(description ?? error, sent))}`;
  }
}

export const grantOf = (tokens: Tokens, client: OAuthClient, now: number): Grant => ({
  credentials: {
    accessToken: tokens.access_token,
    ...(tokens.refresh_token === null || tokens.refresh_token === undefined ? {} : { refreshToken: tokens.refresh_token }),
    clientId: client.clientId,
    clientSecret: client.clientSecret,
  },
  ...(tokens.expires_in === null || tokens.expires_in === undefined ? {} : { expiresAt: now + tokens.expires_in * SECOND }),
});
