import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/domain/time.ts';
import { eventually } from '../receiver.ts';
import { anAppServer, expectedSignature } from './hook.ts';
import { aChannel, aSandbox, aWorkspace, type TestWorkspace } from './workspace.ts';

const sandbox = aSandbox();
const EVENTS = [
  'message.channels',
  'channel_archive',
  'channel_deleted',
  'channel_left',
  'channel_rename',
  'app_uninstalled',
  'tokens_revoked',
  'user_change',
];

const settled = ({ slack }: TestWorkspace) =>
  eventually(async () => (await slack.events()).every(({ status }) => status !== 'pending'));

describe('events', () => {
  it('arrive signed and enveloped, after the address has answered a challenge', async () => {
    const server = await anAppServer();
    const workspace = await aWorkspace(sandbox(), { hook: server.url, events: EVENTS });
    const channel = await aChannel(workspace);
    await workspace.slack.act({ do: 'join', as: 'Ben', channel });
    await workspace.slack.act({ do: 'post', as: 'Ben', channel, text: 'Hello <all> & https://x.example/?a=1&b=2.' });
    const said = (await server.events(2)).find((event) => JSON.stringify(event).includes('Hello'));
    expect(said).toMatchObject({
      type: 'event_callback',
      team_id: workspace.slack.team,
      api_app_id: workspace.app.id,
      event: {
        type: 'message',
        channel,
        channel_type: 'channel',
        text: 'Hello &lt;all&gt; &amp; <https://x.example/?a=1&amp;b=2>.',
      },
    });
    const [challenge] = server.challenges;
    const [first] = server.received;
    for (const hooked of [challenge, first]) {
      expect(hooked?.headers['x-slack-signature']).toBe(hooked && expectedSignature(workspace.app.signing_secret, hooked));
    }
    expect(server.challenges).toHaveLength(1);
  });

  it('tell of threads, edits, deletions, files and what apps post', async () => {
    const server = await anAppServer();
    const workspace = await aWorkspace(sandbox(), { hook: server.url, events: ['message.channels'] });
    const { slack, client } = workspace;
    const channel = await aChannel(workspace);
    await slack.act({ do: 'join', as: 'Ben', channel });
    const { ts } = await slack.act({ do: 'post', as: 'Ben', channel, text: 'one' });
    await slack.act({ do: 'post', as: 'Ben', channel, text: 'in the thread', thread: ts ?? '' });
    await slack.act({ do: 'edit', as: 'Ben', channel, ts: ts ?? '', text: 'two' });
    await slack.act({ do: 'deleteMessage', as: 'Ben', channel, ts: ts ?? '' });
    await slack.act({ do: 'post', as: 'Ben', channel, files: [{ name: 'a.txt', base64: 'eA==' }] });
    await client.chat.postMessage({ channel, text: 'x', username: 'Ann' });
    await settled(workspace);
    const events = (await slack.events()).map(({ event }) => event);
    expect(events).toMatchObject([
      { subtype: 'channel_join' },
      { text: 'one', client_msg_id: expect.any(String) },
      { text: 'in the thread', thread_ts: ts },
      { subtype: 'message_changed', hidden: true, message: { text: 'two', edited: {} }, previous_message: { text: 'one' } },
      { subtype: 'message_deleted', deleted_ts: ts, previous_message: { text: 'two' } },
      { subtype: 'file_share', files: [{ name: 'a.txt' }] },
      { subtype: 'bot_message', username: 'Ann', app_id: workspace.app.id },
    ]);
    expect(await server.events(events.length)).toHaveLength(events.length);
  });

  it('tell of channels that are archived, renamed, deleted, and of being thrown out', async () => {
    const server = await anAppServer();
    const workspace = await aWorkspace(sandbox(), {
      hook: server.url,
      events: EVENTS.filter((name) => name.startsWith('channel_')),
    });
    const [one, two] = [await aChannel(workspace), await aChannel(workspace)];
    await workspace.slack.act({ do: 'rename', as: 'Ada Admin', channel: one, name: 'new-name' });
    await workspace.slack.act({ do: 'archive', as: 'Ben', channel: one });
    await workspace.slack.act({ do: 'remove', as: 'Ada Admin', channel: two, member: workspace.app.id });
    await workspace.slack.act({ do: 'deleteChannel', as: 'Ada Admin', channel: two });
    await server.events(4);
    const types = (await workspace.slack.events()).map(({ event }) => [
      event.type,
      typeof event.channel === 'string' ? event.channel : '',
    ]);
    expect(types).toEqual([
      ['channel_rename', ''],
      ['channel_archive', one],
      ['channel_left', two],
      ['channel_deleted', two],
    ]);
  });

  it('tell an app that it was removed, and that its tokens are dead', async () => {
    const server = await anAppServer();
    const workspace = await aWorkspace(sandbox(), { hook: server.url, events: EVENTS });
    await workspace.slack.uninstall(workspace.app.id);
    const types = (await server.events(2)).map((body) => JSON.stringify(body));
    expect(types.some((body) => body.includes('"app_uninstalled"'))).toBe(true);
    expect(types.some((body) => body.includes('"tokens_revoked"'))).toBe(true);
  });

  it('stay away where nobody subscribed, or where the app is not', async () => {
    const server = await anAppServer();
    const workspace = await aWorkspace(sandbox(), { hook: server.url, events: ['message.channels'] });
    await workspace.slack.act({ do: 'post', as: 'Ben', channel: 'general', text: 'among us' });
    await workspace.slack.act({ do: 'profile', as: 'Ben', display_name: 'Benny' });
    expect(await eventually(async () => (await workspace.slack.events()).length === 0)).toBe(true);
    expect(server.received).toEqual([]);
  });

  it('are tried again at once, after one minute and after five, with number and reason', async () => {
    const server = await anAppServer({ status: 500 }, { status: 500 }, 'hang', { status: 500 });
    const workspace = await aWorkspace(sandbox(), { hook: server.url, events: ['user_change'] });
    await workspace.slack.set({ answerTimeoutMs: 200 });
    const attempts = async (count: number) =>
      eventually(async () => (await workspace.slack.events())[0]?.attempts.length === count);
    await workspace.slack.act({ do: 'profile', as: 'Ben', display_name: 'Benny' });
    expect(await attempts(2)).toBe(true);
    sandbox().clock.advance(MINUTE);
    expect(await attempts(3)).toBe(true);
    sandbox().clock.advance(5 * MINUTE);
    expect(await attempts(4)).toBe(true);
    const retries = server.received.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']]);
    expect(retries).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
      ['2', 'http_error'],
      ['3', 'http_timeout'],
    ]);
    expect(new Set(server.received.map(({ body }) => body)).size).toBe(1);
    expect((await workspace.slack.events())[0]?.status).toBe('failed');
  });

  it('are not tried again when the app says so', async () => {
    const server = await anAppServer({ status: 500, headers: { 'x-slack-no-retry': '1' } });
    const workspace = await aWorkspace(sandbox(), { hook: server.url, events: ['user_change'] });
    await workspace.slack.act({ do: 'profile', as: 'Ben', display_name: 'Benny' });
    expect(await eventually(async () => (await workspace.slack.events())[0]?.status === 'failed')).toBe(true);
    expect(server.received).toHaveLength(1);
  });

  it.each([
    ['lost', { kind: 'lost' }, 0, 'lost'],
    ['doubled', { kind: 'duplicate' }, 2, 'success'],
  ] as const)('can be %s by a script', async (_how, fault, calls, status) => {
    const server = await anAppServer();
    const workspace = await aWorkspace(sandbox(), { hook: server.url, events: ['user_change'] });
    await workspace.slack.addFault({ ...fault, path: '/events/user_change' });
    await workspace.slack.act({ do: 'profile', as: 'Ben', display_name: 'Benny' });
    expect(
      await eventually(async () => (await workspace.slack.events())[0]?.status === status && server.received.length === calls),
    ).toBe(true);
    expect(await workspace.slack.faults()).toMatchObject([{ fired: 1 }]);
  });

  it('can be overtaken by a script', async () => {
    const server = await anAppServer();
    const workspace = await aWorkspace(sandbox(), { hook: server.url, events: ['user_change'] });
    await workspace.slack.addFault({ kind: 'delay', ms: MINUTE, path: '/events/user_change' });
    for (const display_name of ['First', 'Second']) await workspace.slack.act({ do: 'profile', as: 'Ben', display_name });
    await server.events(1);
    sandbox().clock.advance(MINUTE);
    const names = (await server.events(2)).map((body) => /"display_name":"(\w+)"/.exec(JSON.stringify(body))?.[1]);
    expect(names).toEqual(['Second', 'First']);
  });
});
