import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aSandbox, anAccount, type TestAccount } from './account.ts';
import { createApi } from './api.ts';

const sandbox = aSandbox();
const REDIRECT = 'http://127.0.0.1:9/connected';
const VERIFIER = 'a-verifier-that-is-long-enough-to-be-one-0123456789';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

interface Client {
  readonly account: TestAccount;
  readonly credentials: { readonly client_id: string; readonly client_secret: string };
  /** A client of the site, without a token. */
  readonly site: ReturnType<typeof createApi>;
}

async function aClient(): Promise<Client> {
  const account = await anAccount(sandbox());
  const { identifier, secret } = await account.control.createClient({ identifier: 'deskbridge', redirectUris: [REDIRECT] });
  return { account, credentials: { client_id: identifier, client_secret: secret ?? '' }, site: createApi(account.control.url) };
}

const ask = (client: Client, extra: Readonly<Record<string, string>> = {}): string =>
  new URLSearchParams({
    response_type: 'code',
    client_id: client.credentials.client_id,
    redirect_uri: REDIRECT,
    scope: 'read write',
    state: 'st4te',
    ...extra,
  }).toString();

/** Presses a button on the consent page, and answers where it leads. */
async function decide(client: Client, query: string, decision: 'allow' | 'deny'): Promise<URL> {
  const form = `${query}&decision=${decision}`;
  const reply = await client.site.call('POST', '/oauth/authorizations', form, {
    'content-type': 'application/x-www-form-urlencoded',
  });
  return new URL(reply.headers.get('location') ?? 'missing:');
}

async function aCode(client: Client, extra?: Readonly<Record<string, string>>): Promise<string> {
  return (await decide(client, ask(client, extra), 'allow')).searchParams.get('code') ?? '';
}

const grant = (client: Client, body: object) => client.site.call('POST', '/oauth/tokens', { ...client.credentials, ...body });
const redeem = (client: Client, code: string, extra: object = {}) =>
  grant(client, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, ...extra });
const refresh = (client: Client, token: unknown) => grant(client, { grant_type: 'refresh_token', refresh_token: token });
const me = (client: Client, token: unknown) => createApi(client.account.control.url, String(token)).get('/users/me.json');

describe('the consent page', () => {
  it('shows who asks for what, and lets the person choose who they are', async () => {
    const client = await aClient();
    const page = await client.site.call('GET', `/oauth/authorizations/new?${ask(client)}`);
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/Allow .*Deskbridge[\s\S]*<code>write<\/code>[\s\S]*Ada Admin \(admin\)[\s\S]*Ben \(agent\)/);
  });

  it('sends the browser back with a code and the state', async () => {
    const client = await aClient();
    const target = await decide(client, ask(client), 'allow');
    expect(target.origin + target.pathname).toBe(REDIRECT);
    expect(target.searchParams.get('state')).toBe('st4te');
    expect(target.searchParams.get('code')).toMatch(/^\w{40,}$/);
  });

  it('sends the browser back with access_denied when denied', async () => {
    const client = await aClient();
    const target = await decide(client, ask(client), 'deny');
    expect(target.searchParams.get('error')).toBe('access_denied');
    expect(target.searchParams.get('state')).toBe('st4te');
  });

  it('never sends the browser to an address that is not registered to the letter', async () => {
    const client = await aClient();
    for (const redirect_uri of [`${REDIRECT}/`, `${REDIRECT}?a=1`, 'http://evil.example/']) {
      const page = await client.site.call('GET', `/oauth/authorizations/new?${ask(client, { redirect_uri })}`);
      expect(page.status).toBe(400);
    }
  });

  it('lets a public client in only with a challenge', async () => {
    const client = await aClient();
    await client.account.control.createClient({ identifier: 'app', kind: 'public', redirectUris: [REDIRECT] });
    const reply = await client.site.call('GET', `/oauth/authorizations/new?${ask(client, { client_id: 'app' })}`);
    expect(new URL(reply.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request');
  });
});

describe('a code', () => {
  it('is exchanged for a pair of tokens that act as the admin for half an hour', async () => {
    const client = await aClient();
    const reply = await redeem(client, await aCode(client));
    expect(reply.status).toBe(201);
    expect(reply.at('token_type')).toBe('bearer');
    expect(reply.at('scope')).toBe('read write');
    expect(reply.at('expires_in')).toBe(1_800);
    expect(reply.at('refresh_token_expires_in')).toBe(2_592_000);
    expect((await me(client, reply.at('access_token'))).at('user', 'role')).toBe('admin');
  });

  it('is good once', async () => {
    const client = await aClient();
    const code = await aCode(client);
    await redeem(client, code);
    const again = await redeem(client, code);
    expect([again.status, again.at('error')]).toEqual([400, 'invalid_grant']);
  });

  it('is good for 120 seconds', async () => {
    const client = await aClient();
    const [inTime, late] = [await aCode(client), await aCode(client)];
    sandbox().clock.advance(118_000);
    expect((await redeem(client, inTime)).status).toBe(201);
    sandbox().clock.advance(3_000);
    expect((await redeem(client, late)).at('error')).toBe('invalid_grant');
  });

  it('is refused with another redirect address, another secret, or a wrong verifier', async () => {
    const client = await aClient();
    expect((await redeem(client, await aCode(client), { redirect_uri: `${REDIRECT}2` })).at('error')).toBe('invalid_grant');
    const wrongSecret = await redeem(client, await aCode(client), { client_secret: 'no' });
    expect([wrongSecret.status, wrongSecret.at('error')]).toEqual([401, 'invalid_client']);
    const challenged = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    expect((await redeem(client, await aCode(client, challenged), { code_verifier: 'wrong' })).at('error')).toBe('invalid_grant');
    expect((await redeem(client, await aCode(client, challenged))).at('error')).toBe('invalid_grant');
    expect((await redeem(client, await aCode(client, challenged), { code_verifier: VERIFIER })).status).toBe(201);
  });

  it('yields tokens of the life that is asked for, within bounds', async () => {
    const client = await aClient();
    const long = await redeem(client, await aCode(client), { expires_in: 86_400, refresh_token_expires_in: 7_700_000 });
    expect([long.at('expires_in'), long.at('refresh_token_expires_in')]).toEqual([86_400, 7_700_000]);
    expect((await redeem(client, await aCode(client), { expires_in: 200_000 })).at('error')).toBe('invalid_request');
    expect((await redeem(client, await aCode(client), { refresh_token_expires_in: 60 })).at('error')).toBe('invalid_request');
  });
});

describe('a refresh', () => {
  it('yields a new pair and ends the old one at once', async () => {
    const client = await aClient();
    const first = await redeem(client, await aCode(client));
    const second = await refresh(client, first.at('refresh_token'));
    expect(second.status).toBe(201);
    expect((await me(client, first.at('access_token'))).status).toBe(401);
    expect((await me(client, second.at('access_token'))).status).toBe(200);
    expect((await refresh(client, first.at('refresh_token'))).at('error')).toBe('invalid_grant');
  });

  it('works after the access token has expired, until the refresh token has', async () => {
    const client = await aClient();
    const first = await redeem(client, await aCode(client));
    sandbox().clock.advance(31 * 60_000);
    const expired = await me(client, first.at('access_token'));
    expect([expired.status, expired.at('error')]).toEqual([401, 'invalid_token']);
    const second = await refresh(client, first.at('refresh_token'));
    sandbox().clock.advance(31 * 86_400_000);
    expect((await refresh(client, second.at('refresh_token'))).at('error')).toBe('invalid_grant');
  });

  it('lets only one of two at the same moment through', async () => {
    const client = await aClient();
    const token = (await redeem(client, await aCode(client))).at('refresh_token');
    const replies = await Promise.all([refresh(client, token), refresh(client, token)]);
    expect(replies.map((reply) => reply.status).toSorted((a, b) => a - b)).toEqual([201, 400]);
  });
});

describe('a token', () => {
  it('can be looked at, without its secrets, and revoked', async () => {
    const client = await aClient();
    const pair = await redeem(client, await aCode(client));
    const api = createApi(client.account.control.url, String(pair.at('access_token')));
    const current = await api.get('/oauth/tokens/current.json');
    expect(current.at('token', 'scopes')).toEqual(['read', 'write']);
    expect(current.text).not.toContain(String(pair.at('access_token')));
    expect((await api.delete(`/oauth/tokens/${current.id('token', 'id')}.json`)).status).toBe(204);
    expect((await api.get('/users/me')).status).toBe(401);
    expect((await refresh(client, pair.at('refresh_token'))).at('error')).toBe('invalid_grant');
  });
});
