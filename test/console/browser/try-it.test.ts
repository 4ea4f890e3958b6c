import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/domain/time.ts';
import { aConsole } from '../support/visitor.ts';
import { aBrowser, complaintsOf, expectToSee } from './open-browser.ts';
import { signIn } from './sign-in.ts';

/** Of a window in which not the whole page can be seen, in pixels. */
const LOW = 600;

describe('what is typed on the page to try it', { timeout: 2 * MINUTE }, () => {
  const { api } = aConsole();
  const open = aBrowser();
  let page: Page;
  let complaints: readonly string[];
  beforeAll(async () => {
    page = await (await open()).newPage();
    await page.setViewportSize({ width: 1280, height: LOW });
    complaints = complaintsOf(page);
    await signIn(page, `${api().url}${address()}`);
  }, 2 * MINUTE);

  const address = (): string => `/console/apps/${api().app.appId}/try`;
  const text = () => page.getByLabel('Message', { exact: true });
  const alert = () => page.getByRole('alert');

  /** Sends a text, and types on before it has failed in this way. */
  async function failing(how: 'no answer' | 503): Promise<void> {
    const { promise: typed, resolve: go } = Promise.withResolvers<void>();
    await page.route(`${api().url}${address()}`, async (route) => {
      if (route.request().method() !== 'POST') return await route.continue();
      await typed;
      await (how === 503 ? route.fulfill({ status: 503, body: '' }) : route.abort());
    });
    await text().fill('Where is');
    await text().press('Enter');
    await expectTyped('');
    await text().fill('my order?');
    go();
    await expectTyped('Where is my order?');
    await page.unrouteAll({ behavior: 'wait' });
  }

  async function expectTyped(value: string): Promise<void> {
    await expect.poll(() => text().inputValue()).toBe(value);
  }

  it.each([
    ['the server does not answer', 'no answer'],
    ['the server answers 503', 503],
  ] as const)('is put back, in its order, when %s; and the page says so', async (why, how) => {
    await failing(how);
    expect(await alert().textContent()).toBe(`It was not sent: ${why}. Try again.`);
    const box = await alert().boundingBox();
    expect(Math.floor((box?.y ?? LOW) + (box?.height ?? 0))).toBeLessThanOrEqual(LOW);
  });

  it('is sent when that is tried again, and nothing is left of the trouble', async () => {
    await page.getByRole('button', { name: 'Send' }).click();
    await expectToSee(page.getByRole('log').getByText('Where is my order?'));
    await expectTyped('');
    expect(await alert().textContent()).toBe('');
    expect(await page.getByRole('log').getByRole('listitem').count()).toBe(1);
  });

  it('has had no complaint of the browser on the way', () => {
    expect(complaints).toEqual([]);
  });
});
