import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/domain/time.ts';
import { say } from '../../api/support/an-api.ts';
import { openThread } from '../../api/support/connected-account.ts';
import { manyThings, refuse } from '../support/things.ts';
import type { Things } from '../support/things.ts';
import { aConsole } from '../support/visitor.ts';
import { aBrowser } from './open-browser.ts';
import { signIn } from './sign-in.ts';

const LONG = { givenName: 'G'.repeat(150), surname: 's'.repeat(100), email: `${'e'.repeat(60)}@${'d'.repeat(60)}.example` };
const LONG_ID = 'a'.repeat(300);

describe('names as long as they may be, without a space,', { timeout: 3 * MINUTE }, () => {
  const { api } = aConsole();
  const open = aBrowser();
  let page: Page;
  let things: Things;
  beforeAll(async () => {
    things = await manyThings(api);
    const { db, app } = api();
    await db
      .updateTable('apps')
      .set({ name: 'N'.repeat(100) })
      .where('id', '=', app.appId)
      .execute();
    for (const [userId, profile] of [
      ['long', LONG],
      [LONG_ID, {}],
    ] as const) {
      await api.send('POST', '/appusers', { userId, ...profile });
      await say(api.send, userId, 'w'.repeat(500));
      const conversation = await openThread(api(), things.refused, { user: userId, remoteId: userId.slice(0, 20) });
      await refuse(api(), things.refused, conversation);
      if (userId === 'long') things = { ...things, conversation };
    }
    page = await (await open()).newPage();
    await signIn(page, `${api().url}/console/apps`);
  }, 2 * MINUTE);

  describe.each([1280, 390])('on a screen of %i pixels', (width) => {
    it.each<readonly [string, (at: Things) => string]>([
      ['the apps', () => '/console/apps'],
      ['the conversations', ({ home }) => `${home}/conversations`],
      ['a conversation', ({ home, conversation }) => `${home}/conversations/${conversation}`],
      ['a message', ({ home, conversation }) => `${home}/conversations/${conversation}/messages/1`],
      ['an integration', ({ home, refused }) => `${home}/integrations/${refused.integration}`],
      ['parked work', ({ home }) => `${home}/parked`],
      ['the page to try it', ({ home }) => `${home}/try?user=${LONG_ID.slice(0, 255)}`],
      ['the audit log', () => '/console/audit'],
    ])('do not widen %s', async (_name, path) => {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${api().url}${path(things)}`);
      expect(await page.evaluate(WIDENED)).toEqual([]);
    });
  });
});

/** What is wider than its place: the page, tables, cards. */
const WIDENED = `[document.documentElement, ...document.querySelectorAll('.table, .card, main')]
  .filter((part) => part.scrollWidth > part.clientWidth)
  .map((part) => part.outerHTML.slice(0, 100))`;
