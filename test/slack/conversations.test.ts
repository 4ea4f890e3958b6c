import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ports } from '../../activities/ports.ts';
import { slack } from '../../activities/slack/index.ts';
import { accept } from '../../src/db/accept.ts';
import { keepDevice } from '../../src/db/devices.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import type { Content } from '../../src/domain/message.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { makeItSo } from '../engine/support/make-it-so.ts';
import { createConversation, deliveriesOf, runRound, say, settle } from '../engine/support/world.ts';
import { end, listen } from '../support/listen.ts';
import { ALL_SCOPES, slackWorlds } from './support/slack-world.ts';
import type { SlackWorld, SlackWorldOptions } from './support/slack-world.ts';

describe('a conversation in Slack', () => {
  const newWorld = slackWorlds();
  let world: SlackWorld;
  const start = async (options: SlackWorldOptions = {}): Promise<ConversationId> => {
    world = await newWorld(options);
    return await createConversation(world);
  };

  const newest = async (conversation: ConversationId) => (await world.channelsOf(conversation)).at(-1);
  const inChannel = async (conversation: ConversationId, what: 'archive' | 'deleteChannel' | 'remove') => {
    const channel = (await newest(conversation))?.id ?? '';
    await world.slack.act({
      as: 'Ada Admin',
      channel,
      ...(what === 'remove' ? { do: what, member: 'deskbridge' } : { do: what }),
    });
  };
  const textsOf = async (channel: string) => (await world.slack.messages(channel)).map(({ text }) => text);

  async function send(conversation: ConversationId, content: Content): Promise<void> {
    await accept(world.db, {
      conversation,
      role: 'appUser',
      content,
      author: {},
      source: { type: 'api' },
      now: world.clock.now(),
    });
    await settle(world);
  }

  it('begins with a channel, the profile, an invitation of whoever connected, and a notice', async () => {
    const conversation = await start();
    await say(world, conversation, 'Hello');
    await settle(world);
    const [channel] = await world.channelsOf(conversation);
    const found = (await world.slack.channels()).find(({ id }) => id === channel?.id);
    expect(channel?.name).toMatch(/^sk-ann-lee-[a-z2-7]{10}$/);
    expect(found).toMatchObject({
      topic: { value: 'Ann Lee · Demo' },
      purpose: { value: expect.stringContaining('Ann Lee (Demo)') },
    });
    expect(found?.members).toContain((await world.slack.installation(world.slackApp.id))?.installer);
    expect((await world.posted()).map(({ text }) => text)).toEqual([
      `*Ann Lee* started a conversation in <#${channel?.id}> (Demo)`,
    ]);
  });

  it('shows in its first post what the person writes on; that they write on it later tells nothing more', async () => {
    const conversation = await start();
    const { app_user_id: user } = await world.db.selectFrom('conversations').select('app_user_id').executeTakeFirstOrThrow();
    const phone = { platform: 'ios', appVersion: '2.4', info: { appName: 'Shop', os: 'iOS', osVersion: '17.1' } };
    await keepDevice(world.db, { user, id: 'd1' }, phone, world.clock.now());
    await say(world, conversation, 'Hello');
    await settle(world);
    const [channel] = await world.channelsOf(conversation);
    const posts = await world.slack.messages(channel?.id ?? '');
    const introduction = posts.find(({ text }) => text.includes('all the information'));
    expect(introduction?.attachments).toMatchObject([
      { fields: expect.arrayContaining([expect.objectContaining({ title: 'Device', value: 'Shop 2.4 on iOS 17.1' })]) },
    ]);
    const before = await textsOf(channel?.id ?? '');
    await keepDevice(world.db, { user, id: 'd1' }, {}, world.clock.now() + 1_000);
    await say(world, conversation, 'Still there?');
    await settle(world);
    expect(await textsOf(channel?.id ?? '')).toEqual([...before, 'Still there?']);
  });

  it('notifies once, and marks the notice when somebody has answered', async () => {
    const conversation = await start();
    await say(world, conversation, 'Hello');
    await settle(world);
    await say(world, conversation, 'Are you there?');
    await settle(world);
    expect(await world.posted()).toHaveLength(1);
    await world.type(conversation, '/sk Yes!');
    await settle(world);
    const [notice, ...others] = await world.posted();
    expect(notice?.text).toMatch(/Ben has answered\.$/);
    expect(others).toEqual([]);
  });

  it('shows an answer to colleagues under the agent’s name, and sends it once', async () => {
    const conversation = await start();
    await say(world, conversation, 'Hello');
    await settle(world);
    await world.slack.addFault({ kind: 'duplicate', path: '/commands/sk' });
    await world.type(conversation, '/sk We are *on it*');
    await settle(world);
    const messages = await world.slack.messages((await newest(conversation))?.id ?? '');
    expect(messages.filter(({ username }) => username === 'Ben').map(({ text }) => text)).toEqual(['We are *on it*']);
    const rows = await world.db.selectFrom('messages').select(['content', 'author']).where('role', '=', 'appMaker').execute();
    expect(rows).toMatchObject([{ content: { text: 'We are *on it*' }, author: { name: 'Ben' } }]);
  });

  it.each([
    ['archived', 'archive'],
    ['deleted', 'deleteChannel'],
  ] as const)('goes on in a new channel when its own was %s, and notifies again', async (_what, act) => {
    const conversation = await start();
    await say(world, conversation, 'Hello');
    await settle(world);
    const old = await newest(conversation);
    await inChannel(conversation, act);
    await say(world, conversation, 'Again');
    await settle(world);
    const fresh = await newest(conversation);
    expect(fresh?.id).not.toBe(old?.id);
    const introduction = (await textsOf(fresh?.id ?? '')).find((text) => text.includes('all the information')) ?? '';
    expect(introduction).toContain('|Earlier messages>');
    expect(introduction.includes(`<#${old?.id}>`)).toBe(act === 'archive');
    expect((await world.posted()).map(({ text }) => text.split('<')[0])).toEqual([
      '*Ann Lee* started a conversation in ',
      '*Ann Lee* wrote again. The conversation goes on in ',
    ]);
    expect((await deliveriesOf(world, conversation)).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  });

  it('is never shown in the channel of another, even where both would be called the same', async () => {
    const one = await start();
    const other = await createConversation(world);
    const { rounds } = world.ports;
    const alike: Ports = {
      ...world.ports,
      rounds: {
        ...rounds,
        open: async (round) => {
          const opened = await rounds.open(round);
          return opened.kind === 'open' ? { ...opened, open: { ...opened.open, nonce: 'a'.repeat(26) } } : opened;
        },
      },
    };
    const { destination } = world.connection;
    for (const conversation of [one, other]) {
      await say(world, conversation, `from ${conversation}`);
      const round = { conversation, system: 'slack', destination };
      await runRound(world, round, () => alike).catch(() => undefined);
    }
    const channel = await newest(one);
    expect((await textsOf(channel?.id ?? '')).filter((text) => text.startsWith('from '))).toEqual([`from ${one}`]);
    expect(await world.channelsOf(other)).toEqual([]);
    expect((await deliveriesOf(world, other)).map(({ state }) => state)).toEqual(['waiting']);
    expect(world.failures.map(String).join()).toContain('belongs to another conversation');
  });

  it('names who answers as they are called in Slack, when they have joined before', async () => {
    const conversation = await start();
    await world.slack.act({ as: 'Ben', do: 'profile', display_name: 'Benny' });
    await say(world, conversation, 'Hello');
    await settle(world);
    await world.slack.act({ as: 'Ben', do: 'join', channel: (await newest(conversation))?.id ?? '' });
    await world.eventsDone();
    await settle(world);
    await world.type(conversation, '/sk Hi');
    const row = await world.db.selectFrom('messages').select('author').where('role', '=', 'appMaker').executeTakeFirst();
    expect(row?.author.name).toBe('Benny');
  });

  it('names who answers as they are called now, when they were called otherwise before', async () => {
    const conversation = await start();
    await say(world, conversation, 'Hello');
    await settle(world);
    await world.type(conversation, '/sk one');
    await settle(world);
    // When they were asked for, Slack says by its own clock.
    world.clock.set(Date.now() + 5 * MINUTE);
    await world.slack.act({ as: 'Ben', do: 'profile', display_name: 'Benny' });
    await world.eventsDone();
    await makeItSo(world.ports, slack, world.slack.team);
    await world.type(conversation, '/sk two');
    const rows = await world.db.selectFrom('messages').select('author').where('role', '=', 'appMaker').orderBy('seq').execute();
    expect(rows.at(-1)?.author.name).toBe('Benny');
  });

  it('tells whoever types the command elsewhere that it reaches nobody, and sends nothing', async () => {
    await start();
    await world.slack.act({ as: 'Ben', do: 'command', channel: 'random', text: '/sk Hello?' });
    const random = (await world.slack.channels()).find(({ name }) => name === 'random')?.id ?? '';
    expect((await world.slack.ephemerals(random)).map(({ text }) => text)).toEqual([
      expect.stringContaining('isn’t linked to a user'),
    ]);
    expect(await world.db.selectFrom('messages').selectAll().execute()).toEqual([]);
  });

  describe('with files', () => {
    let files: ReturnType<typeof createServer>;
    let url = '';
    beforeEach(async () => {
      files = createServer((request, response) => {
        if (request.url?.startsWith('/a.png') !== true) return void response.writeHead(404).end();
        response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from('89504e47', 'hex'));
      });
      url = await listen(files);
    });
    afterEach(() => end(files));

    it('shows them as files, once, also when the answer was lost', async () => {
      const conversation = await start();
      const fault = await world.slack.addFault({ kind: 'lostAnswer', path: '/files.completeUploadExternal' });
      await send(conversation, { type: 'image', mediaUrl: `${url}/a.png`, text: 'my order' });
      const messages = await world.slack.messages((await newest(conversation))?.id ?? '');
      expect((await world.slack.faults()).find(({ id }) => id === fault.id)?.fired).toBe(1);
      expect(messages.flatMap(({ fileNames }) => fileNames)).toEqual(['a.png']);
      expect(messages.map(({ text }) => text)).toContain('my order');
    });

    it.each([
      ['cannot be fetched', '/gone.png', {}],
      ['may not be brought to Slack', '/a.png', { fileUploads: false }],
    ])('shows a link where a file %s', async (_why, path, settings) => {
      const conversation = await start();
      await world.slack.set(settings);
      await send(conversation, { type: 'image', mediaUrl: `${url}${path}` });
      expect(await textsOf((await newest(conversation))?.id ?? '')).toContain(`${url}${path}`);
      expect((await deliveriesOf(world, conversation)).map(({ state }) => state)).toEqual(['delivered']);
    });
  });

  it('shows what the person writes sign for sign: not formatted, no address a link, nobody called', async () => {
    const conversation = await start();
    await say(world, conversation, 'Is *this* `it`, @ben? <!channel> https://example.com/a');
    await settle(world);
    const channel = (await newest(conversation))?.id ?? '';
    const shown = await (await fetch(`${world.slack.page}/${channel}`)).text();
    expect(shown).toContain('Is *this* `it`, @ben? &lt;!channel&gt; https://example.com/a');
    const said = (await world.slack.messages(channel)).filter(({ username }) => username === 'Ann Lee');
    expect(said).toMatchObject([{ mrkdwn: false, pings: [] }]);
  });

  it('puts the writer’s name in front where it may not post under another name', async () => {
    const conversation = await start({ scopes: ALL_SCOPES.filter((scope) => scope !== 'chat:write.customize') });
    await say(world, conversation, 'Hello');
    await settle(world);
    expect(await textsOf((await newest(conversation))?.id ?? '')).toContain('Ann Lee: Hello');
  });

  it('tells whoever connected directly when the dispatch channel takes no posts', async () => {
    const conversation = await start();
    await world.slack.set({ generalPosting: 'admins' });
    await say(world, conversation, 'Hello');
    await settle(world);
    expect(await world.posted()).toEqual([]);
    const direct = (await world.slack.channels()).find(({ kind }) => kind === 'im')?.id ?? '';
    expect((await textsOf(direct)).join('\n')).toContain('started a conversation');
    expect(await world.seenOf(conversation)).toEqual(['Hello']);
  });

  it('is parked when the Slack app was uninstalled', async () => {
    const conversation = await start();
    await world.slack.uninstall(world.slackApp.id);
    await world.eventsDone();
    const events = await world.db.selectFrom('inbound_events').select('kind').execute();
    expect(events.map(({ kind }) => kind)).toContain('revoked');
    await say(world, conversation, 'Hello');
    await settle(world, { forMs: 600_000 });
    const row = await world.db.selectFrom('destinations').select('parked_reason').executeTakeFirst();
    expect(row?.parked_reason).toContain('Connect the account again');
  });
});
