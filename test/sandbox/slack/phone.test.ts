import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { aBrowser } from '../../console/browser/open-browser.ts';
import { aSandbox, aWorkspace } from './workspace.ts';

describe('Slack’s page on a phone', () => {
  const sandbox = aSandbox();
  const open = aBrowser();

  it('opens at the newest message, with the field to answer it below', async () => {
    const { slack, client } = await aWorkspace(sandbox());
    const general = (await slack.channels()).find(({ name }) => name === 'general')?.id ?? '';
    for (let n = 1; n <= 40; n += 1) await client.chat.postMessage({ channel: general, text: `Number ${n}` });
    const page = await (await open()).newPage();
    await page.setViewportSize({ width: 390, height: HEIGHT });
    await page.goto(slack.page);
    for (const part of [page.getByText('Number 40', { exact: true }), page.getByLabel('Your message')]) {
      await expect.poll(() => isInSight(part)).toBe(true);
    }
  });
});

const HEIGHT = 844;

/** The page puts its parts in anew while one looks: then there is nothing to measure for a moment. */
async function isInSight(part: Locator): Promise<boolean> {
  const box = await part.boundingBox();
  return box !== null && box.y >= 0 && box.y + box.height <= HEIGHT;
}
