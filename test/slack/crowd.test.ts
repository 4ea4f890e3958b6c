import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConversation, deliveriesOf, runRound, say } from '../engine/support/world.ts';
import { startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer } from '../engine/support/zendesk-world.ts';
import { sweepLanes } from '../../src/db/sweep/lanes.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { createSlackWorld } from './support/slack-world.ts';
import type { SlackWorld } from './support/slack-world.ts';

/** How many begin at once. Rounds run one after another here: of very many, turns would pass while others work. */
const CROWD = Number(process.env['CROWD'] ?? 60);
const MINUTE = 60_000;

describe('many people who begin at once', () => {
  let server: SandboxServer;
  let world: SlackWorld;
  beforeAll(async () => {
    server = await startSandbox();
    world = await createSlackWorld(server, { limited: true });
  });
  afterAll(async () => {
    await world.close();
    await server.close();
  });

  it(
    'all get their channel at the pace that Slack takes, in the order in which they came, and none is lost',
    { timeout: 3_000_000 },
    async () => {
      const conversations: ConversationId[] = [];
      for (let n = 1; n <= CROWD; n += 1) {
        const conversation = await createConversation(world, `Ann Lee`);
        await say(world, conversation, `message of ${n}`);
        conversations.push(conversation);
      }
      const began = world.clock.now();
      for (let rounds = 0; await isAnyLeft(); rounds += 1) {
        expect(rounds, 'the crowd drains').toBeLessThan(CROWD * 20);
        for (const lane of await sweepLanes(world.db, world.clock.now(), 1_000)) await runRound(world, lane);
        world.clock.set(Math.max(world.clock.now() + 500, await nextTurn()));
      }
      const took = (world.clock.now() - began) / MINUTE;
      // Twenty a minute is what Slack takes; a tenth is left for others.
      expect(took).toBeGreaterThan(CROWD / 20 - 1);
      expect(took).toBeLessThan(CROWD / 18 + 3);
      for (const [index, conversation] of conversations.entries())
        expect(await world.seenOf(conversation)).toEqual([`message of ${index + 1}`]);
      const refused = (await world.slack.requests()).filter(({ status }) => status === 429);
      expect(refused).toEqual([]);
      const general = await world.slack.messages('general');
      expect(general.filter(({ text }) => text.includes('started a conversation'))).toHaveLength(CROWD);
      for (const conversation of conversations.slice(0, 10))
        expect((await deliveriesOf(world, conversation)).map(({ state }) => state)).toEqual(['delivered']);
    },
  );

  /** Whether anything is not delivered, or a channel not furnished. */
  async function isAnyLeft(): Promise<boolean> {
    const waiting = await world.db
      .selectFrom('deliveries')
      .select('seq')
      .where('state', 'in', ['waiting', 'sending'])
      .limit(1)
      .execute();
    const open = await world.db.selectFrom('lanes').select('batch_id').where('batch_id', 'is not', null).limit(1).execute();
    return waiting.length + open.length > 0;
  }

  /** When the first lane that sleeps wakes. */
  async function nextTurn(): Promise<number> {
    const lanes = await world.db.selectFrom('lanes').select('until').where('until', 'is not', null).execute();
    const now = world.clock.now();
    const waits = lanes.flatMap(({ until }) => (until !== null && until > now ? [until] : []));
    return waits.length === 0 ? now : Math.min(...waits);
  }
});
