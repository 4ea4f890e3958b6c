import { describe, expect, it } from 'vitest';
import { readGrant } from '../../src/db/accounts/grants.ts';
import { startApi } from '../api/support/api-server.ts';
import { basic, createClient } from '../api/support/client.ts';
import { openBrowser } from './support/browser.ts';
import { connecting } from './support/connecting.ts';
import { startZendesk } from './support/zendesk-sandbox.ts';

describe('connecting a Zendesk', () => {
  const { api, zendesk, as, redirectUri, create, wayBack, connect } = connecting();

  it('begins with an address for a person to open', async () => {
    const created = await create('begins');
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      integration: {
        _id: expect.stringMatching(/^[0-9a-f]{24}$/),
        type: 'zendesk',
        status: 'connecting',
        connectUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/connect\/zendesk\/start\?ticket=[\w-]{43}$/),
      },
    });
    const pending = await as(api().app)('GET', `/integrations/${created.at('integration', '_id')}`);
    expect([pending.status, pending.at('integration', 'status')]).toEqual([200, 'connecting']);
  });

  it('keeps neither the ticket nor what was typed in the clear', async () => {
    const created = await create('sealed', { clientSecret: 'a secret that is typed in' });
    const rows = JSON.stringify(await api().db.selectFrom('connect_states').selectAll().execute());
    expect(rows).not.toContain('a secret that is typed in');
    expect(rows).not.toContain(new URL(created.at('integration', 'connectUrl')).searchParams.get('ticket'));
  });

  it('sends the browser to Zendesk with a state and a PKCE challenge, and marks the browser', async () => {
    const browser = openBrowser();
    const start = await browser.visit((await create('sends')).at('integration', 'connectUrl'));
    const { pathname, searchParams } = new URL(start.location);
    expect([start.status, pathname]).toEqual([302, '/zendesk/sends/oauth/authorizations/new']);
    expect(searchParams.get('redirect_uri')).toBe(redirectUri());
    expect(searchParams.get('state')).toMatch(/^[\w-]{43}$/);
    expect(searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
    expect(browser.cookies[0]).toMatch(
      /^deskbridge_connect_\w+=[\w-]{43}; Max-Age=600; Path=\/connect; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
  });

  it('ends on a page that says what is connected to what', async () => {
    const created = await create('ends');
    const page = await connect(created);
    expect(page).toContain('<h1>Zendesk ends is connected to Demo</h1>');
    const shown = await as(api().app)('GET', `/integrations/${created.at('integration', '_id')}`);
    expect(shown.body).toMatchObject({
      integration: { _id: created.at('integration', '_id'), status: 'connecting', displayName: 'Zendesk ends' },
    });
    await expect.poll(() => api().temporal.woken).toContain('zendesk ends');
  });

  it('keeps the account, its sealed grant and a destination that takes messages', async () => {
    await connect(await create('keeps'));
    const account = await api().db.selectFrom('accounts').selectAll().where('key', '=', 'keeps').executeTakeFirstOrThrow();
    expect(account.data).toMatchObject({ connectedAs: 'Ada Admin' });
    const grant = await readGrant(api().db, api().vault, account.id);
    expect(grant?.credentials).toMatchObject({ accessToken: expect.any(String), refreshToken: expect.any(String) });
    const destination = await api()
      .db.selectFrom('destinations')
      .selectAll()
      .where('account_id', '=', account.id)
      .executeTakeFirst();
    expect(destination).toMatchObject({
      label: 'Zendesk keeps',
      takes: ['appUser', 'appMaker'],
      window_ms: 5_000,
      generation: 1,
    });
  });

  it('goes on where it was asked to, on this site alone', async () => {
    const browser = openBrowser();
    const created = await create('returns', { returnTo: '/console/integrations' });
    const end = await browser.visit(await wayBack(browser, created));
    expect([end.status, end.location]).toEqual([302, `${api().url}/console/integrations`]);
    for (const returnTo of ['https://evil.example/', '//evil.example', '\\\\evil.example', 'javascript:alert(1)', 7]) {
      const refused = await create('returns', { returnTo });
      expect([refused.status, refused.at('error', 'description')]).toEqual([
        400,
        `returnTo: expected an address below ${api().url}`,
      ]);
    }
  });

  it('shows what Zendesk says without letting it write the page', async () => {
    const page = await openBrowser().visit(`${redirectUri()}?error=${encodeURIComponent('<script>alert(1)</script>')}`);
    expect(page.status).toBe(400);
    expect(page.text).not.toContain('<script>');
    expect(page.text).toContain('&lt;script&gt;');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('says in words when someone who is no administrator allowed it', async () => {
    const browser = openBrowser();
    const created = await create('agents');
    const start = await browser.visit(created.at('integration', 'connectUrl'));
    const consent = await (await fetch(start.location)).text();
    const agent = /value="(\d+)">Ben \(agent\)/.exec(consent)?.[1];
    const page = await browser.visit(await browser.decide(start.location, 'allow', Number(agent)));
    expect(page.status).toBe(400);
    expect(page.text).toContain('Ben is not an administrator of this Zendesk.');
    expect(await api().db.selectFrom('accounts').select('id').where('key', '=', 'agents').execute()).toEqual([]);
  });

  it('says so when Zendesk is out of order', async () => {
    const browser = openBrowser();
    const back = await wayBack(browser, await create('outage'));
    await zendesk().breakTokens('outage');
    const page = await browser.visit(back);
    expect(page.status).toBe(503);
    expect(page.text).toContain('Zendesk answers 503');
  });

  it('leads nowhere for systems that are connected in other ways', async () => {
    for (const system of ['app', 'nothing']) {
      const page = await openBrowser().visit(`${api().url}/connect/${system}/start?ticket=x`);
      expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    }
  });
});

describe('connecting behind a public address', () => {
  it('keeps the cookie to TLS and to its own path', async () => {
    const zendesk = await startZendesk();
    const api = await startApi({ operator: { url: zendesk.address }, publicUrl: 'https://example.com/desk' });
    const typed = await zendesk.seed('public', 'https://example.com/desk/connect/zendesk/return');
    const created = await createClient(`${api.url}/v1.1`, basic(api.app))('POST', '/integrations', { type: 'zendesk', ...typed });
    const url = created.at('integration', 'connectUrl');
    expect(url).toMatch(/^https:\/\/example\.com\/desk\/connect\/zendesk\/start\?ticket=/);
    const browser = openBrowser();
    await browser.visit(url.replace('https://example.com/desk', api.url));
    expect(browser.cookies[0]).toMatch(/; Path=\/desk\/connect; .*HttpOnly; Secure; SameSite=Lax$/);
    await api.close();
    await zendesk.close();
  });
});
