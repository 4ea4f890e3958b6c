import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aBrowser, complaintsOf, expectToSee } from '../console/browser/open-browser.ts';
import { startReceiver } from '../engine/support/receiver.ts';
import type { Receiver } from '../engine/support/receiver.ts';
import { temporalCli } from '../support/temporal.ts';
import { prepareDemoOf } from './support/demo.ts';
import type { Demo } from './support/demo.ts';
import { excerpt, historiesOf, logsOf } from './support/told.ts';
import { startInstallation } from './support/installation.ts';
import type { Installation } from './support/installation.ts';

/** One story, told in order. */
describe('the demo app of npm start, which a Zendesk and a Slack are connected to', { timeout: 60_000 }, () => {
  const cli = temporalCli();
  let installation: Installation;
  let demo: Demo;
  let webhook: Receiver;
  beforeAll(async () => {
    webhook = await startReceiver();
    installation = await startInstallation({ cli, apis: 1, workers: 1 });
    demo = await prepareDemoOf(installation);
    await demo.client('POST', '/webhooks', { target: webhook.url, triggers: ['message:appMaker'] });
  });
  afterAll(async () => {
    await installation.close();
    await webhook.close();
  });

  it('shows what an app user writes in both', async () => {
    const message = { role: 'appUser', type: 'text', text: 'Hello, where is my order?' };
    expect((await demo.client('POST', `/appusers/${demo.userId}/messages`, message)).status).toBe(201);
    await expect.poll(onTicket).toEqual({ comments: ['Hello, where is my order?'], notes: [] });
    await expect.poll(inChannel).toEqual([['Ann Lee', 'Hello, where is my order?']]);
  });

  it('takes an agent’s answer in Zendesk to the app, and shows it in Slack under the agent’s name', async () => {
    await demo.zendesk.act({ ticket: (await ticket())?.id ?? 0, as: 'Ben', do: 'reply', text: 'I am looking into it.' });
    await expect.poll(inApp).toEqual(['I am looking into it.']);
    await expect.poll(inChannel).toContainEqual(['Ben', 'I am looking into it.']);
  });

  it('takes /sk in Slack to the app, and shows it in Zendesk as an internal note', async () => {
    const as = { as: 'Ben', channel: (await channel())?.id ?? '' };
    await demo.slack.act({ ...as, do: 'join' });
    await demo.slack.act({ ...as, do: 'post', text: 'Has anybody seen this order?' });
    await expect.poll(demo.isQuiet).toBe(true);
    await demo.slack.act({ ...as, do: 'command', text: '/sk It left this morning.' });
    await expect.poll(inApp).toEqual(['I am looking into it.', 'It left this morning.']);
    await expect.poll(onTicket).toMatchObject({ notes: [expect.stringContaining('It left this morning.')] });
  });

  it('has told everybody once, and nobody of what the team said among themselves', async () => {
    await expect.poll(demo.isQuiet).toBe(true);
    expect(inApp()).toEqual(['I am looking into it.', 'It left this morning.']);
    expect(webhook.requests).toHaveLength(2);
    const note = expect.stringMatching(/Ben[\s\S]*It left this morning\./);
    expect(await onTicket()).toEqual({
      comments: ['Hello, where is my order?', expect.stringContaining('I am looking into it.'), note],
      notes: [note],
    });
    expect(await inChannel()).toEqual([
      ['Ann Lee', 'Hello, where is my order?'],
      ['Ben', 'I am looking into it.'],
      ['Ben', 'Has anybody seen this order?'],
      ['Ben', 'It left this morning.'],
    ]);
    const listed = await demo.client('GET', `/appusers/${demo.userId}/messages`);
    expect([0, 1, 2, 3].map((index) => listed.at('messages', index, 'text'))).toEqual([
      'Hello, where is my order?',
      'I am looking into it.',
      'It left this morning.',
      'undefined',
    ]);
  });

  describe('as a newcomer with a browser plays it', () => {
    const open = aBrowser();
    let page: Page;
    let slack: Page;
    const complaints: (readonly string[])[] = [];
    const send = async (text: string): Promise<void> => {
      await slack.getByLabel('Your message').fill(text);
      await slack.getByRole('button', { name: 'Send' }).click();
    };

    it('is there after the printed link, with both connected', async () => {
      page = await (await open()).newPage();
      complaints.push(complaintsOf(page));
      await page.goto((await installation.run('sign-in-link')).trim());
      await page.getByLabel('E-mail address').fill('newcomer@example.com');
      await page.getByLabel('New password').fill('a long enough one');
      await page.getByRole('button', { name: 'Begin' }).click();
      await page.getByRole('link', { name: 'Demo' }).click();
      for (const name of ['Zendesk acme', 'Slack Acme'])
        await expectToSee(page.locator('.connected li', { hasText: name }).getByText('connected'));
    });

    it('leads from the person’s conversation into their channel', async () => {
      await demo.client('POST', `/appusers/${demo.userId}/messages`, { role: 'appUser', type: 'text', text: 'Any news?' });
      await page.getByRole('navigation').getByRole('link', { name: 'Conversations' }).click();
      await page.getByRole('link', { name: 'Ann Lee' }).click();
      const opened = page.waitForEvent('popup');
      await page
        .getByRole('link', { name: /^#sk-ann-lee-\w+ ↗$/ })
        .first()
        .click();
      slack = await opened;
      complaints.push(complaintsOf(slack));
      await expectToSee(slack.getByRole('heading', { name: '# sk-ann-lee-' }));
      await expectToSee(slack.getByText('Any news?'));
    });

    it('lets them be an agent of their choice, who joins it', async () => {
      await slack.getByLabel('You are').selectOption('Chloe');
      await expectToSee(slack.getByText('You are not in this channel.'));
      await slack.getByRole('button', { name: 'Join channel' }).click();
      await send('Who packed it?');
      await expectToSee(slack.locator('.message', { hasText: 'Chloe' }).getByText('Who packed it?'));
      // Whoever joined is looked up, so that the answer bears the name.
      await expect.poll(demo.isQuiet).toBe(true);
    });

    it('takes /sk from the page, confirms it in the channel, and shows it in the console', async () => {
      await send('/sk We are on it!');
      const confirmed = slack.locator('.message', { hasText: 'We are on it!' });
      await expectToSee(confirmed.getByText('Sent to Ann Lee with /sk'));
      expect(await confirmed.locator('strong').first().textContent()).toBe('Chloe');
      const answer = page.locator('.message.appMaker', { hasText: 'We are on it!' });
      await expectToSee(answer.getByText('by Slack'));
      await expect.poll(inApp).toContain('We are on it!');
    });

    it('has kept their talk in the channel, and the browser had nothing to complain of', async () => {
      await expect.poll(demo.isQuiet).toBe(true);
      expect(inApp()).toEqual(['I am looking into it.', 'It left this morning.', 'We are on it!']);
      expect(await page.getByText('Who packed it?').count()).toBe(0);
      expect((await onTicket()).comments.join('\n')).not.toContain('Who packed it?');
      expect(complaints).toEqual([[], []]);
    });
  });

  it('tells neither logs nor histories who wrote, what was said, or how the person’s channel is called', async () => {
    const told = { logs: await logsOf(installation), histories: await historiesOf(installation) };
    const said = [
      'where is my order',
      'looking into it',
      'seen this order',
      'left this morning',
      'any news',
      'packed it',
      'on it!',
    ];
    const people = ['ann-lee', 'Ann Lee', ...said];
    for (const [where, text] of Object.entries(told)) {
      expect(text.length, where).toBeGreaterThan(1_000);
      for (const words of people) expect(excerpt(text, words), where).toBe('');
    }
    // What is looked through is readable, and says where messages went.
    expect(told.histories.includes(`→ channel ${(await channel())?.id}`)).toBe(true);
  });

  const ticket = async () => (await installation.desk.tickets('acme')).at(0);
  const channel = async () => (await demo.slack.channels()).find(({ name }) => name.startsWith('sk-ann-lee-'));
  const inApp = (): readonly string[] => webhook.texts();

  async function onTicket() {
    const { comments = [], notes = [] } = (await ticket()) ?? {};
    return { comments, notes };
  }

  /** Who said what in the person's channel, as people see it there; without what Deskbridge says in its own name. */
  async function inChannel() {
    const messages = await demo.slack.messages((await channel())?.id ?? '');
    return messages.filter(({ subtype, by }) => isSaid(subtype) && by !== 'Deskbridge').map(({ by, text }) => [by, text]);
  }
});

/** Not that somebody joined, or set a topic. */
const isSaid = (subtype: string | null): boolean => subtype === null || subtype === 'bot_message';
