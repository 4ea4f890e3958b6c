import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptReply } from '../../src/db/accept-reply.ts';
import { receiveInbound } from '../../src/db/inbound/receive.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { DAY } from '../../src/domain/time.ts';
import { createMetrics } from '../../src/operations/metrics.ts';
import { createRetention } from '../../src/operations/retention.ts';
import { createTestLog } from '../api/support/test-log.ts';
import { startReceiver } from '../engine/support/receiver.ts';
import { connectWebhook, createConversation, createWorld, say, settle } from '../engine/support/world.ts';
import type { Connection, World } from '../engine/support/world.ts';

const DAYS = 30;

describe('retention', () => {
  let world: World;
  let webhook: Connection;
  beforeAll(async () => {
    world = await createWorld();
    webhook = await connectWebhook(world, 'http://127.0.0.1:1/');
  });
  afterAll(() => world.close());

  const retention = (atOnce = 500) =>
    createRetention({ db: world.db, clock: world.clock, log: createTestLog(), metrics: createMetrics(), days: DAYS, atOnce });

  const seqsOf = async (conversation: ConversationId): Promise<readonly number[]> =>
    (
      await world.db.selectFrom('messages').select('seq').where('conversation_id', '=', conversation).orderBy('seq').execute()
    ).map(({ seq }) => seq);

  const states = ['waiting', 'sending', 'delivered', 'parked', 'dead', 'none'] as const;
  const messages = fc.array(fc.record({ state: fc.constantFrom(...states), days: fc.nat(20) }), { minLength: 1, maxLength: 12 });

  it('removes from a conversation exactly its final, old beginning, and goes on counting', async () => {
    await fc.assert(
      fc.asyncProperty(messages, fc.integer({ min: 1, max: 4 }), async (said, atOnce) => {
        const conversation = await createConversation(world);
        for (const { state, days } of said) {
          world.clock.advance(days * DAY);
          const { seq } = await say(world, conversation, 'x');
          const row = sql`conversation_id = ${conversation} and seq = ${seq}`;
          await (
            state === 'none' ? sql`delete from deliveries where ${row}` : sql`update deliveries set state = ${state} where ${row}`
          ).execute(world.db);
        }
        const before = await ledgerOf(conversation);
        await retention(atOnce).once();
        const kept = await seqsOf(conversation);
        const cutoff = world.clock.now() - DAYS * DAY;
        const firstKept = before.findIndex(
          ({ accepted_at: at, state }) => at >= cutoff || state === 'waiting' || state === 'sending' || state === 'parked',
        );
        expect(kept).toEqual(firstKept < 0 ? [] : before.slice(firstKept).map(({ seq }) => seq));
        expect((await ledgerOf(conversation)).map(({ state }) => state)).toEqual(
          firstKept < 0 ? [] : before.slice(firstKept).map(({ state }) => state),
        );
        expect((await say(world, conversation, 'next')).seq).toBe(said.length + 1);
        await sql`update deliveries set state = 'dead'`.execute(world.db);
      }),
      { numRuns: 40 },
    );
  });

  const ledgerOf = async (conversation: ConversationId) =>
    (
      await sql<{ seq: number; accepted_at: number; state: string | null }>`
        select m.seq, m.accepted_at, d.state from messages m
        left join deliveries d on d.conversation_id = m.conversation_id and d.seq = m.seq
        where m.conversation_id = ${conversation} order by m.seq`.execute(world.db)
    ).rows;

  it('takes no reply in again whose message it has removed', async () => {
    const conversation = await createConversation(world);
    const { account, destination } = webhook;
    const reply = { conversation, destination, account, system: 'app', remoteId: 'c-1', author: {}, now: world.clock.now() };
    expect(await acceptReply(world.db, { ...reply, content: { type: 'text', text: 'x' } })).toMatchObject({ seq: 1 });
    world.clock.advance((DAYS + 1) * DAY);
    await retention().once();
    expect(await seqsOf(conversation)).toEqual([]);
    expect(await acceptReply(world.db, { ...reply, content: { type: 'text', text: 'x' } })).toBeUndefined();
  });

  it('remembers a client’s own id for as long as the message', async () => {
    const conversation = await createConversation(world);
    const send = () => sayAs(conversation, 'c-9');
    await send();
    await expect(send()).rejects.toThrow('not accepted');
    await sql`update deliveries set state = 'delivered' where conversation_id = ${conversation}`.execute(world.db);
    world.clock.advance((DAYS - 1) * DAY);
    await retention().once();
    await expect(send()).rejects.toThrow('not accepted');
    world.clock.advance(2 * DAY);
    await retention().once();
    await expect(send()).resolves.toBe(2);
  });

  async function sayAs(conversation: ConversationId, clientId: string): Promise<number> {
    const { accept } = await import('../../src/db/accept.ts');
    const content = { type: 'text', text: 'x' } as const;
    const now = world.clock.now();
    const said = { conversation, role: 'appUser', content, author: {}, source: { type: 'api' }, clientId, now } as const;
    const accepted = await accept(world.db, said);
    if (accepted === undefined) throw new Error('not accepted');
    return accepted.seq;
  }

  it('keeps events that are not decided', async () => {
    const notice = { kind: 'notice', key: 'e-1', thread: 'unknown' } as const;
    await receiveInbound(world.db, webhook.account, notice, { now: world.clock.now() });
    world.clock.advance((DAYS + 1) * DAY);
    expect((await retention().once()).events).toBe(0);
    await sql`update inbound_events set state = 'dropped'`.execute(world.db);
    expect((await retention().once()).events).toBe(1);
  });
});

describe('retention after real deliveries', () => {
  it('removes batches, effects and attempts, and what comes later is delivered', async () => {
    const world = await createWorld();
    const receiver = await startReceiver();
    await connectWebhook(world, receiver.url);
    const conversation = await createConversation(world);
    await say(world, conversation, 'old');
    await settle(world);
    world.clock.advance((DAYS + 1) * DAY);
    await say(world, conversation, 'young');
    const { db, clock } = world;
    const retention = createRetention({ db, clock, log: createTestLog(), metrics: createMetrics(), days: DAYS });
    expect(await retention.once()).toMatchObject({ messages: 1, batches: 1 });
    await settle(world);
    expect(receiver.texts()).toEqual(['old', 'young']);
    for (const table of ['batches', 'effects', 'attempts'] as const)
      expect(await db.selectFrom(table).selectAll().execute(), table).toHaveLength(1);
    await receiver.close();
    await world.close();
  });
});
