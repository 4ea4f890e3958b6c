import { beforeEach, describe, expect, it } from 'vitest';
import type { Ports } from '../../activities/ports.ts';
import { changeProfile } from '../../src/db/change-profile.ts';
import type { Profile } from '../../src/db/app-users.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { CHANGES, dyingPorts } from '../engine/support/dying-ports.ts';
import { createConversation, deliveriesOf, runRound, say, settle } from '../engine/support/world.ts';
import { slackWorlds } from './support/slack-world.ts';
import type { SlackWorld } from './support/slack-world.ts';

const NEWS = 'The user has updated their contact information: ';

describe('a changed name or address of an app user', () => {
  const newWorld = slackWorlds();
  let world: SlackWorld;
  let conversation: ConversationId;
  beforeEach(async () => {
    world = await newWorld();
    conversation = await createConversation(world);
  });

  async function change(profile: Profile) {
    const { app_user_id: user } = await world.db
      .selectFrom('conversations')
      .select('app_user_id')
      .where('id', '=', conversation)
      .executeTakeFirstOrThrow();
    return await changeProfile(world.db, user, profile, world.clock.now());
  }
  const newest = async () => (await world.channelsOf(conversation)).at(-1);
  /** What stands in the newest channel: what the person wrote, and what was told of them later. */
  async function told(): Promise<readonly string[]> {
    const messages = await world.slack.messages((await newest())?.id ?? '');
    return messages.filter(({ username, text }) => username !== null || text.startsWith(NEWS)).map(({ text }) => text);
  }
  const ledger = async () => (await deliveriesOf(world, conversation)).map(({ state }) => state);
  async function speak(text: string): Promise<void> {
    await say(world, conversation, text);
    await settle(world);
  }
  const round = (ports: () => Ports = () => world.ports) =>
    runRound(world, { conversation, system: 'slack', destination: world.connection.destination }, ports);

  it('is told of in the channel, and stands in its topic, although the person writes nothing', async () => {
    await speak('Hello');
    expect(await change({ surname: 'Smith', email: 'ann@example.com' })).toMatchObject({ seq: 2, rung: [{ system: 'slack' }] });
    await settle(world);
    expect(await told()).toEqual(['Hello', `${NEWS}*Ann Smith* · ann@example.com`]);
    const topics = (await world.slack.channels()).map(({ topic }) => topic.value);
    expect(topics).toContain('Ann Smith · ann@example.com · Demo');
    expect(await ledger()).toEqual(['delivered', 'delivered']);
  });

  it('is told of once, as it is in the end, when it changes several times in a row', async () => {
    await speak('Hello');
    for (const surname of ['Smith', 'Jones', 'Miller']) await change({ surname });
    await settle(world);
    expect(await told()).toEqual(['Hello', `${NEWS}*Ann Miller*`]);
    expect(await ledger()).toEqual(['delivered', 'delivered', 'delivered', 'delivered']);
  });

  it('is told of once when the person writes, too', async () => {
    await speak('Hello');
    await say(world, conversation, 'Again');
    await change({ surname: 'Smith' });
    await say(world, conversation, 'And again');
    await settle(world);
    expect(await told()).toEqual(['Hello', `${NEWS}*Ann Smith*`, 'Again', 'And again']);
  });

  it('is told of to nobody when it is taken back before', async () => {
    await speak('Hello');
    await change({ surname: 'Smith' });
    await change({ surname: 'Lee' });
    expect(await round()).toMatchObject({ summary: 'messages 2–3, of which there is nothing to tell' });
    expect(await told()).toEqual(['Hello']);
    expect(await ledger()).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it.each([
    ['the same name is given again', { givenName: 'Ann', surname: 'Lee' }],
    ['something else changes', { avatarUrl: 'https://example.com/ann.png', properties: { plan: 'gold' } }],
  ])('is none when %s', async (_what, profile) => {
    await speak('Hello');
    expect(await change(profile)).toBeUndefined();
    expect(await ledger()).toEqual(['delivered']);
  });

  it('is shown with the profile where nobody has heard of the person before', async () => {
    expect(await change({ surname: 'Smith' })).toBeUndefined();
    await speak('Hello');
    expect(await told()).toEqual(['Hello']);
    expect((await newest())?.name).toMatch(/^sk-ann-smith-/);
  });

  it('makes no new channel of one that was archived; the next one shows it', async () => {
    await speak('Hello');
    const archived = (await newest())?.id ?? '';
    await world.slack.act({ as: 'Ada Admin', channel: archived, do: 'archive' });
    await change({ surname: 'Smith' });
    await settle(world);
    expect(await ledger()).toEqual(['delivered', 'delivered']);
    expect((await newest())?.id).toBe(archived);
    await speak('Again');
    expect((await newest())?.name).toMatch(/^sk-ann-smith-/);
    expect(await told()).toEqual(['Again']);
  });

  it('holds up nothing where answers wait for the person to write again', async () => {
    await speak('Hello');
    await world.slack.act({ as: 'Ada Admin', channel: (await newest())?.id ?? '', do: 'deleteChannel' });
    await say(world, conversation, 'An answer', 'appMaker');
    await round();
    await change({ surname: 'Smith' });
    await settle(world, { forMs: 120_000 });
    expect(await ledger()).toEqual(['delivered', 'waiting', 'delivered']);
    await speak('Again');
    expect(await told()).toEqual(['An answer', 'Again']);
    expect(await ledger()).toEqual(['delivered', 'delivered', 'delivered', 'delivered']);
  });

  it.each(['before', 'after'] as const)('is told of once, whenever a round is killed %s what it does', async (when) => {
    await speak('Hello');
    const said = ['Hello'];
    for (let n = 1; ; n += 1) {
      await change({ surname: `Lee${'e'.repeat(n)}` });
      said.push(`${NEWS}*Ann Lee${'e'.repeat(n)}*`);
      const dying = dyingPorts(world.ports, n, when, CHANGES);
      await runRound(world, { conversation, system: 'slack', destination: world.connection.destination }, (attempt) =>
        attempt === 1 ? dying.ports : world.ports,
      );
      await settle(world);
      expect(await told(), `killed ${when} call ${n}, ${dying.calls.at(-1)}`).toEqual(said);
      expect(new Set(await ledger())).toEqual(new Set(['delivered']));
      if (!dying.hasDied()) return expect(n).toBeGreaterThan(6);
    }
  });
});
