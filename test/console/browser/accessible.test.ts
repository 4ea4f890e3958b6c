import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSignInLink } from '../../../src/db/console/sign-in-links.ts';
import { MINUTE } from '../../../src/domain/time.ts';
import { manyThings } from '../support/things.ts';
import type { Things } from '../support/things.ts';
import { aConsole } from '../support/visitor.ts';
import { aBrowser, complaintsOf } from './open-browser.ts';
import { seriousFindings } from './scan.ts';
import { signIn } from './sign-in.ts';

describe('every page of the console, in light and in dark', { timeout: 3 * MINUTE }, () => {
  const { api } = aConsole();
  const open = aBrowser();
  let page: Page;
  let complaints: readonly string[];
  let things: Things;
  beforeAll(async () => {
    things = await manyThings(api);
    page = await (await open()).newPage();
    complaints = complaintsOf(page);
    await page.goto(`${api().url}/console/sign-in`);
  }, 2 * MINUTE);

  it('for those who are not signed in', async () => {
    const { db, clock, url } = api();
    const token = await createSignInLink(db, undefined, clock.now());
    const found = [...(await seriousFindings(page))];
    for (const path of [`/console/welcome?token=${token}`, '/console/welcome?token=over']) {
      await page.goto(`${url}${path}`);
      found.push(...(await seriousFindings(page)));
    }
    expect(found).toEqual([]);
  });

  it.each<readonly [string, (at: Things) => string]>([
    ['apps', () => '/console/apps'],
    ['administrators', () => '/console/administrators'],
    ['audit log', () => '/console/audit'],
    ['password', () => '/console/account'],
    ['store', ({ home }) => `${home}/integrations`],
    ['connecting', ({ home }) => `${home}/integrations/connect/zendesk`],
    ['integration', ({ home, refused }) => `${home}/integrations/${refused.integration}`],
    ['parked integration', ({ home, parked }) => `${home}/integrations/${parked.integration}`],
    ['removed integration', ({ home, removed }) => `${home}/integrations/${removed.integration}`],
    ['removing', ({ home, refused }) => `${home}/integrations/${refused.integration}/remove`],
    ['conversations', ({ home }) => `${home}/conversations`],
    ['conversations that do not exist', ({ home }) => `${home}/conversations?q=nobody`],
    ['conversation', ({ home, conversation }) => `${home}/conversations/${conversation}`],
    ['message', ({ home, conversation }) => `${home}/conversations/${conversation}/messages/1`],
    ['parked work', ({ home }) => `${home}/parked`],
    ['webhooks', ({ home }) => `${home}/webhooks`],
    ['webhook', ({ home, webhook }) => `${home}/webhooks/${webhook}`],
    ['keys', ({ home }) => `${home}/keys`],
    ['trying it', ({ home }) => `${home}/try`],
    ['settings', ({ home }) => `${home}/settings`],
    ['nothing', () => '/console/nothing'],
  ])('%s', async (_name, path) => {
    await signedIn();
    await page.goto(`${api().url}${path(things)}`);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.locator('h1').count()).toBe(1);
  });

  it('has had no complaint of the browser on the way', () => {
    expect(complaints).toEqual([]);
  });

  it('has a scan that finds what is wrong', async () => {
    await page.goto(`${api().url}/console/apps`);
    await page.evaluate("document.querySelector('input[name=name]').removeAttribute('aria-label')");
    await page.evaluate("document.querySelector('input[name=name]').removeAttribute('placeholder')");
    expect((await seriousFindings(page)).join()).toContain('label');
  });

  async function signedIn(): Promise<void> {
    if ((await page.context().cookies(`${api().url}/console`)).length > 0) return;
    await signIn(page, `${api().url}/console/apps`);
  }
});
