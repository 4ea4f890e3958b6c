import type { Page, Route } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/domain/time.ts';
import { aWorkshop } from '../support/workshop.ts';
import { aBrowser, complaintsOf, expectToSee } from './open-browser.ts';
import { signIn } from './sign-in.ts';

describe('a page that keeps itself fresh', { timeout: 2 * MINUTE }, () => {
  const { api, home, connect, says, zendesk, work } = aWorkshop();
  const open = aBrowser();
  let page: Page;
  let complaints: readonly string[];
  let integration = '';
  beforeAll(async () => {
    integration = (await connect('acme')).href;
    page = await (await open()).newPage();
    complaints = complaintsOf(page);
    await signIn(page, `${api().url}/console/apps`);
  }, 2 * MINUTE);

  const go = (path: string) => page.goto(`${api().url}${path}`);
  /** The next time that the page asks anew, this happens instead. */
  const once = (at: string, instead: (route: Route) => Promise<void>) => page.route(`${api().url}${at}`, instead, { times: 1 });

  it.each([503, 429])('goes on after an answer %i', async (status) => {
    let fired = 0;
    await go(`${home()}/conversations`);
    await once(`${home()}/conversations`, async (route) => {
      fired += 1;
      await route.fulfill({ status, body: '' });
      await says(`after-${status}`, 'Hello?');
    });
    await expectToSee(page.getByRole('link', { name: `after-${status}` }));
    expect(fired).toBe(1);
  });

  it('stays compared, while its state goes on', async () => {
    await go(integration);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.getByRole('button', { name: 'Compare now' }).click();
    await expectToSee(page.getByText('All is as it should be.'));
    expect(new URL(page.url()).pathname).toBe(`${integration}/check`);
    await zendesk('acme').addFault({ kind: 'status', status: 401, times: 1_000 });
    await says('ann', 'Where is my order?');
    await work(10 * MINUTE);
    await expectToSee(page.locator('#status .pill.bad'));
    expect(await page.getByText('All is as it should be.').count()).toBe(1);
    expect(asked.filter((path) => path === `${integration}/check`)).toHaveLength(1);
    await zendesk('acme').clearFaults();
  });

  it('keeps what it shows when the person is signed out', async () => {
    await go(`${integration}/check`);
    await page.context().clearCookies();
    await page.waitForResponse((response) => response.url().includes('/console/sign-in'));
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    expect(new URL(page.url()).pathname).toBe(`${integration}/check`);
  });

  it('has had no complaint of the browser on the way', () => {
    expect(complaints).toEqual([]);
  });
});
