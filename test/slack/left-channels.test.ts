import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../src/domain/time.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { createConversation, say, settle } from '../engine/support/world.ts';
import { startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer } from '../engine/support/zendesk-world.ts';
import { createSlackWorld } from './support/slack-world.ts';
import type { SlackWorld } from './support/slack-world.ts';

describe('a conversation whose channel Deskbridge is no longer in', () => {
  let server: SandboxServer;
  let world: SlackWorld;
  beforeAll(async () => {
    server = await startSandbox();
  });
  afterAll(() => server.close());
  afterEach(() => world.close());
  const start = async (): Promise<ConversationId> => {
    world = await createSlackWorld(server);
    return await createConversation(world);
  };
  const newest = async (conversation: ConversationId) => (await world.channelsOf(conversation)).at(-1);
  const takeOut = async (conversation: ConversationId) =>
    world.slack.act({ as: 'Ada Admin', do: 'remove', channel: (await newest(conversation))?.id ?? '', member: 'deskbridge' });
  const notices = async () =>
    (await world.slack.messages('general')).filter(({ app_id, subtype }) => app_id !== null && subtype !== 'channel_join');

  it('goes on in its public channel when somebody took it out of it: it may post there, and colleagues may answer', async () => {
    const conversation = await start();
    await say(world, conversation, 'Hello');
    await settle(world);
    const old = await newest(conversation);
    await takeOut(conversation);
    await say(world, conversation, 'Again');
    await settle(world);
    expect((await newest(conversation))?.id).toBe(old?.id);
    expect(await world.seenOf(conversation)).toEqual(['Hello', 'Again']);
    await world.slack.act({ as: 'Ada Admin', do: 'command', channel: old?.id ?? '', text: '/sk Still here' });
    const rows = await world.db.selectFrom('messages').select('content').where('role', '=', 'appMaker').execute();
    expect(rows.map(({ content }) => content.text)).toEqual(['Still here']);
  });

  it('shows nothing twice in a channel that it was taken out of, also when the answer was lost', async () => {
    const conversation = await start();
    await say(world, conversation, 'Hello');
    await settle(world);
    const old = await newest(conversation);
    await takeOut(conversation);
    const fault = await world.slack.addFault({ kind: 'lostAnswer', path: '/chat.postMessage' });
    await say(world, conversation, 'Again');
    await settle(world, { forMs: HOUR });
    expect((await world.slack.faults()).find(({ id }) => id === fault.id)?.fired).toBe(1);
    expect((await newest(conversation))?.id).toBe(old?.id);
    expect(await world.seenOf(conversation)).toEqual(['Hello', 'Again']);
  });

  it('goes on in a channel that it was taken out of when its topic can no longer be set', async () => {
    const conversation = await start();
    await say(world, conversation, 'Hello');
    await settle(world);
    const old = await newest(conversation);
    await takeOut(conversation);
    await world.db.updateTable('app_users').set({ surname: 'Long' }).execute();
    await say(world, conversation, 'Again');
    await settle(world, { forMs: HOUR });
    expect((await newest(conversation))?.id).toBe(old?.id);
    expect((await world.slack.messages(old?.id ?? '')).map(({ text }) => text)).toContain('Again');
    expect(await notices()).toHaveLength(1);
  });

  it('still takes answers in a channel that was archived and opened again', async () => {
    const conversation = await start();
    await say(world, conversation, 'Hello');
    await settle(world);
    await world.slack.act({ as: 'Ada Admin', do: 'archive', channel: (await newest(conversation))?.id ?? '' });
    const old = (await newest(conversation))?.id ?? '';
    await say(world, conversation, 'Again');
    await settle(world);
    await world.slack.act({ as: 'Ada Admin', do: 'unarchive', channel: old });
    await world.slack.act({ as: 'Ada Admin', do: 'command', channel: old, text: '/sk From the old one' });
    const rows = await world.db.selectFrom('messages').select('content').where('role', '=', 'appMaker').execute();
    expect(rows.map(({ content }) => content.text)).toEqual(['From the old one']);
  });
});
