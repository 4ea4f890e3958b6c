import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/domain/time.ts';
import { statusesOf } from '../api/support/client.ts';
import { openBrowser } from './support/browser.ts';
import { connecting } from './support/connecting.ts';

describe('connecting a Zendesk refuses, and changes nothing,', () => {
  const { api, redirectUri, create, wayBack } = connecting();

  /** All that connecting may change. */
  const state = async (): Promise<unknown> => ({
    accounts: await api().db.selectFrom('accounts').selectAll().execute(),
    grants: await api().db.selectFrom('grants').selectAll().execute(),
    integrations: await api().db.selectFrom('integrations').selectAll().execute(),
    destinations: await api().db.selectFrom('destinations').selectAll().execute(),
    states: await api()
      .db.selectFrom('connect_states')
      .select(['hash', 'used_at'])
      .where('browser_hash', 'is not', null)
      .orderBy('hash')
      .execute(),
  });

  it('a ticket that was used', async () => {
    const created = await create('ticket');
    await openBrowser().visit(created.at('integration', 'connectUrl'));
    const again = await openBrowser().visit(created.at('integration', 'connectUrl'));
    expect([again.status, again.location]).toEqual([400, '']);
    expect(again.text).toContain('This link has been used');
  });

  it('to use up a ticket for someone who only looks at the headers', async () => {
    const created = await create('preview');
    const looked = await fetch(created.at('integration', 'connectUrl'), { method: 'HEAD' });
    expect(looked.status).toBe(405);
    expect((await openBrowser().visit(created.at('integration', 'connectUrl'))).status).toBe(302);
  });

  it('a ticket of more than ten minutes ago', async () => {
    const created = await create('late-ticket');
    api().clock.advance(10 * MINUTE);
    expect((await openBrowser().visit(created.at('integration', 'connectUrl'))).status).toBe(400);
  });

  it('a state that was used', async () => {
    const browser = openBrowser();
    const back = await wayBack(browser, await create('replayed'));
    expect((await browser.visit(back)).status).toBe(200);
    const before = await state();
    const again = await browser.visit(back);
    expect(again.status).toBe(400);
    expect(again.text).toContain('This address was used before');
    expect(await state()).toEqual(before);
  });

  it('all but one of several that use a state at once', async () => {
    const browser = openBrowser();
    const back = await wayBack(browser, await create('raced'));
    const pages = await Promise.all(Array.from({ length: 6 }, () => browser.visit(back)));
    expect(statusesOf(pages)).toEqual([200, 400, 400, 400, 400, 400]);
  });

  it('a browser that did not begin, whose state then still works for the one that did', async () => {
    const browser = openBrowser();
    const back = await wayBack(browser, await create('foreign'));
    const stranger = openBrowser();
    await stranger.visit((await create('foreign-own')).at('integration', 'connectUrl'));
    const before = await state();
    for (const other of [openBrowser(), stranger]) {
      const page = await other.visit(back);
      expect(page.status).toBe(400);
      expect(page.text).toContain('begun in another browser');
    }
    expect(await state()).toEqual(before);
    expect((await browser.visit(back)).status).toBe(200);
  });

  it('a state of more than ten minutes ago', async () => {
    const browser = openBrowser();
    const back = await wayBack(browser, await create('expired'));
    api().clock.advance(10 * MINUTE);
    const before = await state();
    const page = await browser.visit(back);
    expect(page.status).toBe(400);
    expect(page.text).toContain('More than ten minutes');
    expect(await state()).toEqual(before);
  });

  it.each([
    ['an unknown state', '?code=c&state=unknown'],
    ['no state', '?code=c'],
    ['no code', '?state=s'],
    ['two states', '?code=c&state=a&state=b'],
    ['a NUL character', '?code=c&state=%00'],
  ])('%s', async (_what, query) => {
    const before = await state();
    const page = await openBrowser().visit(`${redirectUri()}${query}`);
    expect(page.status).toBe(400);
    expect(page.text).toContain('/console">Open the console</a>');
    expect(await state()).toEqual(before);
  });

  it('a ticket in the place of a state', async () => {
    const ticket = new URL((await create('confused')).at('integration', 'connectUrl')).searchParams.get('ticket');
    expect((await openBrowser().visit(`${redirectUri()}?code=c&state=${ticket}`)).status).toBe(400);
  });

  it('when the person does, and lets them try again with the same state', async () => {
    const browser = openBrowser();
    const created = await create('denied');
    const start = await browser.visit(created.at('integration', 'connectUrl'));
    const before = await state();
    const page = await browser.visit(await browser.decide(start.location, 'deny'));
    expect(page.status).toBe(400);
    expect(page.text).toContain('Access to Zendesk was not allowed.');
    expect(await state()).toEqual(before);
    expect((await browser.visit(await browser.decide(start.location, 'allow'))).status).toBe(200);
  });
});
