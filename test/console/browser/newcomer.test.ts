import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/domain/time.ts';
import { workflowOf } from '../../e2e/support/workflow.ts';
import { startInstallation } from '../../e2e/support/installation.ts';
import type { Installation } from '../../e2e/support/installation.ts';
import { temporalCli } from '../../support/temporal.ts';
import { aBrowser, complaintsOf, expectToSee } from './open-browser.ts';

/** Nothing answers there: only the links are looked at. */
const TEMPORAL_UI_URL = 'http://temporal.test';

/** One story, told in order: each test goes on where the one before it ended. */
describe('a newcomer with a browser', { timeout: 3 * MINUTE }, () => {
  const cli = temporalCli();
  const open = aBrowser();
  let installation: Installation;
  let browser: BrowserContext;
  let page: Page;
  let complaints: readonly string[];
  let link = '';
  beforeAll(async () => {
    installation = await startInstallation({ cli, apis: 1, workers: 1, env: { TEMPORAL_UI_URL } });
    browser = await open();
    page = await browser.newPage();
    complaints = complaintsOf(page);
  }, 2 * MINUTE);
  afterAll(() => installation.close());

  const api = (): string => installation.apis[0] ?? '';
  const go = (name: string): Promise<void> => page.getByRole('navigation').getByRole('link', { name }).click();

  it('opens the one-time link that a command printed, and chooses a password', async () => {
    link = (await installation.run('sign-in-link')).trim();
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/console\/welcome\?token=[\w-]+$/);
    await page.goto(link);
    await page.getByLabel('E-mail address').fill('newcomer@example.com');
    await page.getByLabel('New password').fill('a long enough one');
    await page.getByRole('button', { name: 'Begin' }).click();
    await expectToSee(page.getByText('There is no app yet'));
  });

  it('cannot use that link twice', async () => {
    const stranger = await (await open()).newPage();
    await stranger.goto(link);
    await expectToSee(stranger.getByRole('heading', { name: 'This link is over' }));
    await stranger.context().close();
  });

  it('makes an app, whose key is shown once', async () => {
    await page.getByLabel('Name of the app').fill('Shop');
    await page.getByRole('button', { name: 'Create' }).click();
    await expectToSee(page.getByText('its secret is shown now and never again'));
    await page.reload();
    expect(await page.getByText('its secret is shown now').count()).toBe(0);
  });

  it('connects a Zendesk through its consent page, and comes back to a connected integration', async () => {
    const typed = await installation.desk.open('acme', `${api()}/connect/zendesk/return`);
    await page.getByRole('link', { name: 'Connect Zendesk' }).click();
    await page.getByLabel('Subdomain').fill(typed.subdomain);
    await page.getByLabel('OAuth client: unique identifier').fill(typed.clientId);
    await page.getByLabel('OAuth client: secret').fill(typed.clientSecret);
    await page.getByRole('button', { name: 'Continue to Zendesk' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await expectToSee(page.getByText('Zendesk acme is connected.'));
    await expectToSee(page.getByText('All is well.'));
  });

  it('writes as a user of the app, and sees it delivered', async () => {
    await go('Try it');
    await page.getByLabel('Message', { exact: true }).fill('Where is my order?');
    await page.getByRole('button', { name: 'Send' }).click();
    await expectToSee(page.getByRole('log').getByText('Where is my order?'));
    await expectToSee(page.getByText('Everything is delivered.'));
  });

  it('follows the link to the ticket, and answers there as an agent', async () => {
    await page.getByRole('link', { name: 'See every message' }).click();
    const ticket = page.getByRole('link', { name: /^ticket \d+ ↗$/ }).first();
    const { pathname } = new URL((await ticket.getAttribute('href')) ?? '');
    const desk = await browser.newPage();
    // Deskbridge reaches the desk through a gate; people do not.
    await desk.goto(new URL(pathname, installation.desk.url).href);
    await expectToSee(desk.getByText('Where is my order?').first());
    await desk.getByLabel('Your answer').fill('It is on its way.');
    await desk.getByRole('button', { name: 'Send' }).click();
    await expectToSee(desk.getByText('It is on its way.').first());
    await desk.close();
  });

  it('sees the answer arrive without touching the page', async () => {
    const answer = page.locator('.message.appMaker');
    await expectToSee(answer.getByText('It is on its way.'));
    expect(await answer.getByText('came from there').count()).toBe(1);
    expect(await answer.locator('time').first().textContent()).toMatch(/^today, \d\d:\d\d:\d\d$/);
  });

  it('goes from the conversation to its workflow, and from there back', async () => {
    const conversation = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const there = page.getByRole('link', { name: 'Its workflow' });
    expect(await there.getAttribute('href')).toBe(
      `${TEMPORAL_UI_URL}/namespaces/default/workflows/${encodeURIComponent(`conversation:${conversation}`)}`,
    );
    const { staticDetails, staticSummary } = await workflowOf(installation, conversation).handle.describe();
    expect(await staticSummary()).toContain(conversation);
    const here = page.url();
    await page.goto('about:blank');
    await page.goto(/\[open it in the console\]\(([^)]+)\)/.exec((await staticDetails()) ?? '')?.[1] ?? '');
    expect(page.url()).toBe(here);
    await expectToSee(page.getByText('Where is my order?'));
  });

  it('sees what a removal would do, and removes the integration', async () => {
    await go('Integrations');
    await page.getByRole('link', { name: 'Zendesk acme' }).click();
    await page.getByRole('link', { name: 'Remove integration…' }).click();
    await expectToSee(page.getByText('1 open conversation will no longer be delivered. Its ticket stays at Zendesk.'));
    await expectToSee(page.getByText('The webhook and the trigger that Deskbridge made there are deleted.'));
    await page.getByRole('button', { name: 'Remove integration' }).click();
    await expectToSee(page.getByText('It was removed.'));
    expect(await page.locator('.pill').first().textContent()).toBe('removed');
  });

  it('leaves a trace in the audit log', async () => {
    await go('Audit log');
    const deeds = await page.locator('tbody tr').allTextContents();
    const story = [
      'removed the integration Zendesk acme',
      'connected Zendesk acme',
      'began to connect Zendesk',
      'created the app Shop',
    ];
    expect(deeds.map((deed) => story.find((said) => deed.includes(said))).filter((said) => said !== undefined)).toEqual(story);
  });

  it('has had no complaint of the browser on the way', () => {
    expect(complaints).toEqual([]);
  });
});
