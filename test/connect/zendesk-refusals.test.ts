import { describe, expect, it } from 'vitest';
import type { FaultScript } from '../../src/sandbox/faults.ts';
import { openBrowser } from './support/browser.ts';
import { connecting } from './support/connecting.ts';

const TOKENS = { method: 'POST', path: '/oauth/tokens', kind: 'status' } as const;
const ME = { method: 'GET', path: '/users/me', kind: 'status' } as const;

describe('connecting a Zendesk that cannot be connected', () => {
  const { api, zendesk, redirectUri, create, wayBack } = connecting();

  const accounts = async (subdomain: string): Promise<number> =>
    (await api().db.selectFrom('accounts').select('id').where('key', '=', subdomain).execute()).length;

  it.each<[string, object, RegExp]>([
    ['a secret without its client', { clientId: '' }, /^clientId: expected the unique identifier of the OAuth client that this/],
    ['a client without its secret', { clientSecret: '' }, /^clientSecret: expected the secret of this OAuth client, too$/],
    [
      'an address for a subdomain',
      { subdomain: 'https://acme.zendesk.com' },
      /^subdomain: expected the first part of your Zendesk/,
    ],
    ['a host in the subdomain', { subdomain: 'evil.example/acme' }, /^subdomain: expected the first part/],
  ])('says what to type instead of %s', async (_title, more, expected) => {
    const refused = await create('typed', more);
    expect([refused.status, refused.at('error', 'description')]).toEqual([400, expect.stringMatching(expected)]);
  });

  it('says where an OAuth client is made, and with which address, when there is none', async () => {
    const refused = await create('none', { clientId: '', clientSecret: '' });
    expect(refused.status).toBe(400);
    expect(refused.at('error', 'description')).toContain('Admin Center → Apps and integrations → APIs → OAuth clients');
    expect(refused.at('error', 'description')).toContain(redirectUri());
  });

  it.each<[string, FaultScript, number, string]>([
    [
      'a client that Zendesk does not know',
      { ...TOKENS, status: 401, body: { error: 'invalid_client' } },
      400,
      'does not know this OAuth client, or its secret is wrong. Check both',
    ],
    [
      'a client of another subdomain',
      { ...TOKENS, status: 400, body: { error: 'unauthorized_client' } },
      400,
      'a client works only on the subdomain where it was made',
    ],
    [
      'a code that was used',
      { ...TOKENS, status: 400, body: { error: 'invalid_grant' } },
      400,
      'The permission was used or has ended',
    ],
    ['no reason at all', { ...TOKENS, status: 400, body: 'nope' }, 400, 'Zendesk answers 400 and does not say why'],
    ['a name that leads elsewhere', { ...TOKENS, status: 301 }, 400, 'enter the name that this Zendesk has now'],
    ['no Zendesk', { ...TOKENS, status: 404 }, 400, 'There is no Zendesk at'],
    [
      'too few scopes',
      { ...TOKENS, status: 201, body: { access_token: 'a', refresh_token: 'r', expires_in: 300, scope: 'read' } },
      400,
      'gave access to &quot;read&quot; only; Deskbridge needs &quot;read write&quot;',
    ],
    [
      'access that nothing renews',
      { ...TOKENS, status: 201, body: { access_token: 'a', expires_in: 1_800, scope: 'read write' } },
      400,
      'Zendesk gave access that soon ends, and nothing to renew it with',
    ],
    ['a user who may not use the API', { ...ME, status: 403 }, 400, 'answers 403 to the question who did'],
    ['an outage in the midst', { ...ME, status: 503 }, 503, 'answers 503 to the question who did. Try again in some minutes'],
  ])('says what happened and what to do about %s, and keeps nothing', async (title, script, status, expected) => {
    const subdomain = `x${title.replaceAll(/[^a-z]/g, '')}`;
    const browser = openBrowser();
    const back = await wayBack(browser, await create(subdomain));
    await zendesk().trouble(subdomain, script);
    const page = await browser.visit(back);
    expect([page.status, page.text]).toEqual([status, expect.stringContaining(expected)]);
    expect(await accounts(subdomain)).toBe(0);
  });
});
