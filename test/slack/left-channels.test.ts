import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/domain/time.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { createConversation, say, settle } from '../engine/support/world.ts';
import { slackWorlds } from './support/slack-world.ts';
import type { SlackWorld } from './support/slack-world.ts';

describe('a conversation whose channel Deskbridge is no longer in', () => {
  const newWorld = slackWorlds();
  let world: SlackWorld;

  /** A conversation whose channel is made, and that channel. */
  async function start() {
    world = await newWorld();
    const conversation = await createConversation(world);
    await say(world, conversation, 'Hello');
    await settle(world);
    return { conversation, old: (await newest(conversation)) ?? expect.fail('there is no channel') };
  }

  const newest = async (conversation: ConversationId) => (await world.channelsOf(conversation)).at(-1);
  const takeOut = (channel: string) => world.slack.act({ as: 'Ada Admin', do: 'remove', channel, member: 'deskbridge' });

  it('goes on in its public channel when somebody took it out of it: it may post there, and colleagues may answer', async () => {
    const { conversation, old } = await start();
    await takeOut(old.id);
    await say(world, conversation, 'Again');
    await settle(world);
    expect((await newest(conversation))?.id).toBe(old.id);
    expect(await world.seenOf(conversation)).toEqual(['Hello', 'Again']);
    await world.slack.act({ as: 'Ada Admin', do: 'command', channel: old.id, text: '/sk Still here' });
    const rows = await world.db.selectFrom('messages').select('content').where('role', '=', 'appMaker').execute();
    expect(rows.map(({ content }) => content.text)).toEqual(['Still here']);
  });

  it('shows nothing twice in a channel that it was taken out of, also when the answer was lost', async () => {
    const { conversation, old } = await start();
    await takeOut(old.id);
    const fault = await world.slack.addFault({ kind: 'lostAnswer', path: '/chat.postMessage' });
    await say(world, conversation, 'Again');
    await settle(world, { forMs: HOUR });
    expect((await world.slack.faults()).find(({ id }) => id === fault.id)?.fired).toBe(1);
    expect((await newest(conversation))?.id).toBe(old.id);
    expect(await world.seenOf(conversation)).toEqual(['Hello', 'Again']);
  });

  it('goes on in a channel that it was taken out of when its topic can no longer be set', async () => {
    const { conversation, old } = await start();
    await takeOut(old.id);
    await world.db.updateTable('app_users').set({ surname: 'Long' }).execute();
    await say(world, conversation, 'Again');
    await settle(world, { forMs: HOUR });
    expect((await newest(conversation))?.id).toBe(old.id);
    expect((await world.slack.messages(old.id)).map(({ text }) => text)).toContain('Again');
    expect(await world.posted()).toHaveLength(1);
  });

  it('still takes answers in a channel that was archived and opened again', async () => {
    const { conversation, old } = await start();
    await world.slack.act({ as: 'Ada Admin', do: 'archive', channel: old.id });
    await say(world, conversation, 'Again');
    await settle(world);
    await world.slack.act({ as: 'Ada Admin', do: 'unarchive', channel: old.id });
    await world.slack.act({ as: 'Ada Admin', do: 'command', channel: old.id, text: '/sk From the old one' });
    const rows = await world.db.selectFrom('messages').select('content').where('role', '=', 'appMaker').execute();
    expect(rows.map(({ content }) => content.text)).toEqual(['From the old one']);
  });
});
