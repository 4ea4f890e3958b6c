import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, inject } from 'vitest';
import { skipWithout } from '../../support/temporal.ts';

/** A headless Chromium for a test file. Call it at the top of a `describe`; without a browser its tests are skipped. */
export function aBrowser(): () => Promise<BrowserContext> {
  const part = inject('chromium');
  skipWithout(part);
  let browser: Browser | undefined;
  beforeAll(async () => {
    if ('missing' in part) return;
    // Whoever is root has no sandbox; it opens nothing but our own pages.
    browser = await chromium.launch({ executablePath: part.path, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());
  return async () => {
    if (browser === undefined) throw new Error('the browser is there within tests only');
    const context = await browser.newContext({
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      viewport: { width: 1280, height: 900 },
    });
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  };
}

/** For machines with much else to do. */
const PATIENCE_MS = 45_000;

/** Waits for it. @throws when it does not appear. */
export const expectToSee = (shown: Locator): Promise<void> => shown.waitFor();

/** What the browser complained about on a page: scripts that failed, what the policy kept out. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  return complaints;
}
