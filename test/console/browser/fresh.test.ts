import type { Page, Route } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/domain/time.ts';
import { ADMINISTRATOR } from '../support/visitor.ts';
import { aWorkshop } from '../support/workshop.ts';
import { aBrowser, complaintsOf, expectToSee } from './open-browser.ts';

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
    await page.goto(`${api().url}/console/sign-in`);
    await page.getByLabel('E-mail address').fill(ADMINISTRATOR.email);
    await page.getByLabel('Password').fill(ADMINISTRATOR.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Apps' }).waitFor();
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

  it('has had no complaint of the browser on the way', () => {
    expect(complaints).toEqual([]);
  });
});
