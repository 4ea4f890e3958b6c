import { beforeAll, describe, expect, it } from 'vitest';
import { anApi } from './support/an-api.ts';
import { basic, bearer, createClient } from './support/client.ts';
import type { Reply } from './support/client.ts';
import type { ApiServer } from './support/api-server.ts';

type Header = (api: ApiServer) => string | undefined | Promise<string | undefined>;

const inSeconds = (api: ApiServer, seconds: number): number => Math.floor(api.clock.now() / 1_000) + seconds;

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const userIn = (app: string) => ['GET', `/apps/${app}/appusers/ann`] as const;

/** Every way to say who one is, and how far it reaches. */
const who = {
  'Basic with the key of the app': (api) => basic(api.app),
  'Basic with an account key': (api) => basic(api.account),
  'Basic with the key of another app': (api) => basic(api.otherApp),
  'a token of app scope': (api) => bearer(api.app, { scope: 'app' }),
  'a token of account scope by an account key': (api) => bearer(api.account, { scope: 'account' }),
  'a token of app scope by an account key': (api) => bearer(api.account, { scope: 'app' }),
  'a token of account scope by the key of the app': (api) => bearer(api.app, { scope: 'account' }),
  'a token of the app user': (api) => bearer(api.app, { scope: 'appUser', userId: 'ann' }),
  'a token of the app user by an account key': (api) => bearer(api.account, { scope: 'appUser', userId: 'ann' }),
  'a token of another app user': (api) => bearer(api.app, { scope: 'appUser', userId: 'ben' }),
  'a token that is still good': (api) =>
    bearer(api.app, { scope: 'app', iat: inSeconds(api, 0), nbf: inSeconds(api, 0), exp: inSeconds(api, 60) }),
} satisfies Readonly<Record<string, Header>>;

const bad: Readonly<Record<string, Header>> = {
  'no credentials': () => undefined,
  'an empty header': () => ' ',
  'another scheme': () => 'Digest abc',
  'Basic with a wrong secret': ({ app }) => basic({ ...app, secret: 'wrong' }),
  'Basic with another key’s secret': ({ app, otherApp }) => basic({ ...app, secret: otherApp.secret }),
  'Basic with an unknown key': () => basic({ keyId: 'app_000000000000000000000000', secret: 'x' }),
  'Basic without a colon': () => `Basic ${Buffer.from('abc').toString('base64')}`,
  'Basic with a hostile key id': () => basic({ keyId: "'; drop table apps; --\0", secret: 'x' }),
  'a token signed with another secret': ({ app, otherApp }) => bearer({ ...app, secret: otherApp.secret }, { scope: 'app' }),
  'a token of an unknown key': ({ app }) => bearer(app, { scope: 'app' }, { kid: 'app_000000000000000000000000' }),
  'a token that was changed': async ({ app }) => `${(await bearer(app, { scope: 'app' })).slice(0, -4)}AAAA`,
  'a token with another algorithm': ({ app }) => bearer(app, { scope: 'app' }, { alg: 'HS512' }),
  'a token without a signature': ({ app }) => {
    return `Bearer ${part({ alg: 'none', kid: app.keyId })}.${part({ scope: 'app' })}.`;
  },
  'a token that has expired': (api) => bearer(api.app, { scope: 'app', exp: inSeconds(api, -1) }),
  'a token from tomorrow': (api) => bearer(api.app, { scope: 'app', iat: inSeconds(api, 86_400) }),
  'a token that is not good yet': (api) => bearer(api.app, { scope: 'app', nbf: inSeconds(api, 60) }),
  'a token without a scope': ({ app }) => bearer(app, {}),
  'a token of an unknown scope': ({ app }) => bearer(app, { scope: 'world' }),
  'a token of appUser scope without a userId': ({ app }) => bearer(app, { scope: 'appUser' }),
  'no token at all': () => 'Bearer abc',
};

const codes = { 200: /^undefined$/, 201: /^undefined$/, 403: /^forbidden$/, 404: /^(app|user)_not_found$/ } as const;

describe('who may do what', () => {
  const api = anApi();
  beforeAll(async () => {
    for (const userId of ['ann', 'ben']) await api.send('POST', '/appusers', { userId });
    await api.send('POST', '/appusers/ann/messages', { role: 'appUser', text: 'hello' });
  });

  async function ask(header: Header, [method, path, body]: readonly [string, string, unknown?]): Promise<Reply> {
    const { url, app, otherApp } = api();
    const at = path.replace('OWN', app.appId).replace('OTHER', otherApp.appId);
    return await createClient(url, await header(api()))(method, `/v1.1${at}`, body);
  }

  describe.each(Object.entries(bad))('%s', (_what, header) => {
    it('is refused with 401, wherever it goes', async () => {
      for (const path of ['/appusers/ann', '/apps/OWN/appusers/ann', '/apps/nowhere/webhooks']) {
        const refused = await ask(header, ['GET', path]);
        expect([refused.status, refused.at('error', 'code')]).toEqual([401, 'unauthorized']);
      }
    });
  });

  it('says what is missing in the words of the Smooch API', async () => {
    const refused = await ask(() => undefined, ['GET', '/appusers/ann']);
    expect(refused.body).toEqual({ error: { code: 'unauthorized', description: 'Authorization is required' } });
  });

  const user = ['GET', '/appusers/ann'] as const;
  const byMaker = ['POST', '/appusers/ann/messages', { role: 'appMaker', text: 'x' }] as const;
  const byUser = ['POST', '/appusers/ann/messages', { role: 'appUser', text: 'x' }] as const;
  const typing = ['POST', '/appusers/ann/conversation/activity', { role: 'appMaker', type: 'typing:start' }] as const;

  it.each([
    ['Basic with the key of the app', user, 200],
    ['Basic with the key of the app', userIn('OWN'), 200],
    ['Basic with the key of the app', userIn('OTHER'), 403],
    ['Basic with the key of the app', userIn('nowhere'), 403],
    ['Basic with the key of the app', byMaker, 201],
    ['Basic with the key of another app', user, 404],
    ['Basic with the key of another app', userIn('OWN'), 403],
    ['Basic with an account key', user, 403],
    ['Basic with an account key', userIn('OWN'), 200],
    ['Basic with an account key', userIn('nowhere'), 404],
    ['a token of app scope', user, 200],
    ['a token of app scope', userIn('OTHER'), 403],
    ['a token that is still good', user, 200],
    ['a token of account scope by an account key', user, 403],
    ['a token of account scope by an account key', userIn('OWN'), 200],
    ['a token of account scope by an account key', userIn('OTHER'), 404],
    ['a token of app scope by an account key', user, 403],
    ['a token of app scope by an account key', userIn('OWN'), 200],
    ['a token of account scope by the key of the app', userIn('OWN'), 200],
    ['a token of account scope by the key of the app', userIn('OTHER'), 403],
    ['a token of the app user', user, 200],
    ['a token of the app user', userIn('OWN'), 200],
    ['a token of the app user', userIn('OTHER'), 403],
    ['a token of the app user by an account key', userIn('OWN'), 200],
    ['a token of the app user', ['PUT', '/appusers/ann', { givenName: 'Ann' }], 200],
    ['a token of the app user', ['GET', '/appusers/ann/messages'], 200],
    ['a token of the app user', ['POST', '/appusers/ann/conversation/read'], 200],
    ['a token of the app user', byUser, 201],
    ['a token of the app user', byMaker, 403],
    ['a token of the app user', typing, 403],
    ['a token of the app user', ['GET', '/appusers/ben'], 403],
    ['a token of the app user', ['GET', '/appusers/nobody'], 403],
    ['a token of the app user', ['POST', '/appusers', { userId: 'carl' }], 403],
    ['a token of the app user', ['GET', '/webhooks'], 403],
    ['a token of the app user', ['POST', '/webhooks', { target: 'https://example.com' }], 403],
    ['a token of the app user', ['GET', '/integrations'], 403],
    ['a token of the app user', ['POST', '/integrations', { type: 'zendesk' }], 403],
    ['a token of the app user', ['GET', '/appusers/ann/businesssystems'], 403],
    ['a token of another app user', user, 403],
    ['a token of another app user', byUser, 403],
  ] as const)('lets %s at %j: %i', async (name, request, status) => {
    const reply = await ask(who[name], request);
    expect(reply.status).toBe(status);
    expect(reply.at('error', 'code')).toMatch(codes[status]);
  });

  it('knows an app user’s own _id, too', async () => {
    const id = (await api.send('GET', '/appusers/ann')).at('appUser', '_id');
    const reply = await ask(who['a token of the app user'], ['GET', `/appusers/${id}`]);
    expect(reply.at('appUser', 'userId')).toBe('ann');
  });

  it('does not take a userId that equals another user’s _id for that user', async () => {
    const id = (await api.send('GET', '/appusers/ben')).at('appUser', '_id');
    const reply = await ask(({ app }) => bearer(app, { scope: 'appUser', userId: id }), ['GET', `/appusers/${id}`]);
    expect(reply.status).toBe(403);
  });

  it('keeps the secrets of keys sealed', async () => {
    const rows = await api().db.selectFrom('app_keys').select(['id', 'secret']).execute();
    expect(rows.map(({ id }) => id)).toContain(api().app.keyId);
    expect(JSON.stringify(rows)).not.toContain(api().app.secret);
  });
});
