import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReceiver } from '../engine/support/receiver.ts';
import type { Receiver } from '../engine/support/receiver.ts';
import { temporalCli } from '../support/temporal.ts';
import { prepareDemoOf } from './support/demo.ts';
import type { Demo } from './support/demo.ts';
import { excerpt, historiesOf, logsOf } from './support/told.ts';
import { startInstallation } from './support/installation.ts';
import type { Installation } from './support/installation.ts';

const soon = { timeout: 45_000, interval: 100 };

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
    await expect.poll(onTicket, soon).toEqual({ comments: ['Hello, where is my order?'], notes: [] });
    await expect.poll(inChannel, soon).toEqual([['Ann Lee', 'Hello, where is my order?']]);
  });

  it('takes an agent’s answer in Zendesk to the app, and shows it in Slack under the agent’s name', async () => {
    await demo.zendesk.act({ ticket: (await ticket())?.id ?? 0, as: 'Ben', do: 'reply', text: 'We are on it!' });
    await expect.poll(inApp, soon).toEqual(['We are on it!']);
    await expect.poll(inChannel, soon).toContainEqual(['Ben', 'We are on it!']);
  });

  it('takes /sk in Slack to the app, and shows it in Zendesk as an internal note', async () => {
    const as = { as: 'Ben', channel: (await channel())?.id ?? '' };
    await demo.slack.act({ ...as, do: 'join' });
    await demo.slack.act({ ...as, do: 'post', text: 'Has anybody seen this order?' });
    await expect.poll(demo.isQuiet, soon).toBe(true);
    await demo.slack.act({ ...as, do: 'command', text: '/sk It left this morning.' });
    await expect.poll(inApp, soon).toEqual(['We are on it!', 'It left this morning.']);
    await expect.poll(onTicket, soon).toMatchObject({ notes: [expect.stringContaining('It left this morning.')] });
  });

  it('has told everybody once, and nobody of what the team said among themselves', async () => {
    await expect.poll(demo.isQuiet, soon).toBe(true);
    expect(inApp()).toEqual(['We are on it!', 'It left this morning.']);
    expect(webhook.requests).toHaveLength(2);
    const note = expect.stringMatching(/Ben[\s\S]*It left this morning\./);
    expect(await onTicket()).toEqual({
      comments: ['Hello, where is my order?', expect.stringContaining('We are on it!'), note],
      notes: [note],
    });
    expect(await inChannel()).toEqual([
      ['Ann Lee', 'Hello, where is my order?'],
      ['Ben', 'We are on it!'],
      ['Ben', 'Has anybody seen this order?'],
      ['Ben', 'It left this morning.'],
    ]);
    const listed = await demo.client('GET', `/appusers/${demo.userId}/messages`);
    expect([0, 1, 2, 3].map((index) => listed.at('messages', index, 'text'))).toEqual([
      'Hello, where is my order?',
      'We are on it!',
      'It left this morning.',
      'undefined',
    ]);
  });

  it('tells neither logs nor histories who wrote, what was said, or how the person’s channel is called', async () => {
    const told = { logs: await logsOf(installation), histories: await historiesOf(installation) };
    const people = ['ann-lee', 'Ann Lee', 'where is my order', 'We are on it', 'seen this order', 'left this morning'];
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
