import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { aBrowser, expectToSee } from '../console/browser/open-browser.ts';
import { aSandbox, aWorkspace } from './slack/workspace.ts';

const field = (page: Page) => page.getByLabel('Your message');

async function send(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

describe('what is typed on a page of the sandbox', () => {
  const sandbox = aSandbox();
  const open = aBrowser();

  /** The general channel, where what is sent is kept back until it arrives or is lost. */
  async function aSlowPage() {
    const { slack } = await aWorkspace(sandbox());
    const page = await (await open()).newPage();
    const held = Promise.withResolvers<'arrives' | 'is lost'>();
    await page.route('**/act', async (route) => ((await held.promise) === 'arrives' ? route.continue() : route.abort()));
    await page.goto(slack.page);
    await send(page, 'first');
    await field(page).fill('second');
    return { page, held };
  }

  it('stays there while what was sent before is still on its way', async () => {
    const { page, held } = await aSlowPage();
    held.resolve('arrives');
    await expectToSee(page.locator('.message').getByText('first'));
    expect(await field(page).inputValue()).toBe('second');
  });

  it('follows what could not be sent, which is put back', async () => {
    const { page, held } = await aSlowPage();
    held.resolve('is lost');
    await expectToSee(page.getByText('The sandbox did not answer.'));
    expect(await field(page).inputValue()).toBe('first\nsecond');
  });
});
