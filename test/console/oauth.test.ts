import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/domain/time.ts';
import { openBrowser } from '../connect/support/browser.ts';
import { aConsole } from './support/visitor.ts';
import { aWorkshop } from './support/workshop.ts';

describe('connecting a Zendesk from the console', () => {
  const { api, ada, home, zendesk, begin, leave } = aWorkshop();
  const arrive = async (address: string) => await ada().look((await ada().look(address)).location);
  const accounts = async () => (await api().db.selectFrom('accounts').select('key').execute()).map(({ key }) => key);

  it('leads to the integration, also when the browser asks once more', async () => {
    const back = await leave('allowed', 'allow');
    const { location } = await back.browser.visit(back.address);
    const page = await arrive(location);
    expect(page.text).toContain('Zendesk allowed is connected.');
    expect(page.text).toContain('<h1>Zendesk allowed</h1>');
    expect((await back.browser.visit(back.address)).location).toBe(location);
    expect((await arrive(location)).text).toContain('Zendesk allowed is connected.');
  });

  it('leads back to the form when it is denied, with what happened, what to do, and what was typed in but secrets', async () => {
    const page = await arrive(await begin('denied', 'deny'));
    expect(page.text).toContain('<h1>Connect Zendesk</h1>');
    expect(page.text).toContain(
      'Access to Zendesk was not allowed. Nothing was changed. Begin again to connect, and allow it there.',
    );
    expect(page.text).toContain('value="denied"');
    expect(page.text).toMatch(/type="password"[^>]*name="clientSecret"[^>]*>/);
    expect(page.text).not.toMatch(/name="clientSecret"[^>]*value=/);
    expect(await accounts()).not.toContain('denied');
  });

  it('leads to the integration after all when the person thinks again', async () => {
    const { browser, consent } = await leave('again', 'deny');
    await browser.visit(await browser.decide(consent, 'deny'));
    const { location } = await browser.visit(await browser.decide(consent, 'allow'));
    expect((await arrive(location)).text).toContain('Zendesk again is connected.');
  });

  it('leads back to the form whoever goes back from the consent page to the page before', async () => {
    const { consent, ticket, browser } = await leave('back', 'deny');
    expect(consent).toContain('/oauth/authorizations/new');
    const page = await arrive((await browser.visit(ticket)).location);
    expect(page.text).toContain('Nothing was connected. Begin again.');
    expect(page.text).toContain('value="back"');
  });

  it('leads back to the form when Zendesk is out of order', async () => {
    const { browser, address } = await leave('outage', 'allow');
    await zendesk('outage').addFault({ kind: 'status', method: 'POST', path: '/oauth/tokens', status: 503 });
    const page = await arrive((await browser.visit(address)).location);
    expect(page.text).toContain('Zendesk answers 503 to the request for tokens. Try again in some minutes.');
    expect(page.text).toContain('value="outage"');
    expect(await accounts()).not.toContain('outage');
  });

  it('leads back to the form when it took too long', async () => {
    const { browser, address } = await leave('late', 'allow');
    api().clock.advance(11 * MINUTE);
    expect((await arrive((await browser.visit(address)).location)).text).toContain('More than ten minutes have passed');
  });

  it('tells a browser that did not begin it why nothing came of it, and nobody else', async () => {
    const { browser, address } = await leave('foreign', 'allow');
    const page = await openBrowser().visit(address);
    expect([page.status, page.text.includes('begun in another browser')]).toEqual([400, true]);
    const denied = new URL(address);
    denied.search = new URLSearchParams({ state: denied.searchParams.get('state') ?? '', error: 'access_denied' }).toString();
    expect((await openBrowser().visit(denied.href)).status).toBe(400);
    expect((await arrive((await browser.visit(address)).location)).text).toContain('Zendesk foreign is connected.');
  });

  it('lets nobody else write what the console says', async () => {
    const { browser, address } = await leave('words', 'allow');
    const denied = new URL(address);
    denied.search = new URLSearchParams({ state: denied.searchParams.get('state') ?? '', error: '<b>x</b>' }).toString();
    const page = await arrive((await browser.visit(denied.href)).location);
    expect(page.text).toContain('Zendesk did not give access (&lt;b&gt;x&lt;/b&gt;).');
    expect((await ada().look(`${home()}/integrations/arrive/nothing`)).location).toBe(`${home()}/integrations`);
  });
});

describe('connecting a stand-in', () => {
  const { api, ada } = aConsole({ sandboxUrl: 'http://sandbox.test' });

  it('comes with a link to what there is to enter', async () => {
    const { text } = await ada().look(`/console/apps/${api().app.appId}/integrations/connect/slack`);
    const [, href = ''] = /<a href="(http:\/\/sandbox\.test[^"]+)"/.exec(text) ?? [];
    const { pathname, searchParams } = new URL(href.replaceAll('&amp;', '&'));
    expect(pathname).toBe('/connect/slack');
    expect([...searchParams.values()]).toEqual([`${api().url}/connect/slack/return`, `${api().url}/hooks/slack`]);
  });
});
