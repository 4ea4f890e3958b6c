import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accept } from '../../src/db/accept.ts';
import { json } from '../../src/db/db.ts';
import { keepDevice } from '../../src/db/devices.ts';
import { startReceiver } from './support/receiver.ts';
import type { Receiver } from './support/receiver.ts';
import { connectWebhook, createConversation, createWorld, deliveriesOf, say, settle } from './support/world.ts';
import type { World } from './support/world.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';

const hello = { role: 'appUser', content: { type: 'text', text: 'hello' }, author: {} } as const;

describe('a webhook of the app', () => {
  let world: World;
  let receiver: Receiver;
  beforeEach(async () => {
    world = await createWorld();
    receiver = await startReceiver();
  });
  afterEach(async () => {
    await receiver.close();
    await world.close();
  });

  it('receives what was said, in order, one role a request', async () => {
    await connectWebhook(world, receiver.url);
    const conversation = await createConversation(world);
    await say(world, conversation, 'one');
    await say(world, conversation, 'two');
    await say(world, conversation, 'an answer', 'appMaker');
    await settle(world);
    expect(receiver.requests.map(({ body }) => [body.trigger, body.messages.map(({ text }) => text)])).toEqual([
      ['message:appUser', ['one', 'two']],
      ['message:appMaker', ['an answer']],
    ]);
    expect(receiver.requests[0]?.headers['x-api-key']).toBe('s3cret');
  });

  it('is told what a message was written on, and all the app user’s devices, where it asks for that', async () => {
    const { account } = await connectWebhook(world, receiver.url);
    const asks = { version: 'v1.1', target: receiver.url, includeClient: true, includeFullAppUser: true };
    await world.db
      .updateTable('accounts')
      .set({ data: json(asks) })
      .where('id', '=', account)
      .execute();
    const conversation = await createConversation(world);
    const { app_user_id: user } = await world.db.selectFrom('conversations').select('app_user_id').executeTakeFirstOrThrow();
    for (const id of ['phone', 'tablet']) await keepDevice(world.db, { user, id }, { platform: 'ios' }, world.clock.now());
    await accept(world.db, { ...hello, conversation, source: { type: 'ios', id: 'phone' }, now: world.clock.now() });
    await settle(world);
    expect(receiver.requests.map(({ body }) => body)).toMatchObject([
      { client: { id: 'phone', platform: 'ios' }, appUser: { clients: [{ id: 'phone' }, { id: 'tablet' }] } },
    ]);
  });

  it.each([400, 401, 403, 404, 406])('parks the one delivery that it answers %i, and goes on', async (status) => {
    await connectWebhook(world, receiver.url);
    const conversation = await createConversation(world);
    receiver.answer(status);
    await say(world, conversation, 'refused');
    await settle(world);
    await say(world, conversation, 'taken');
    await settle(world);
    expect(receiver.texts()).toEqual(['taken']);
    expect(await deliveriesOf(world, conversation)).toEqual([
      { seq: 1, state: 'parked', problem: `the webhook answers ${status}` },
      { seq: 2, state: 'delivered', problem: null },
    ]);
  });

  it('finds out which message of a batch is refused, and parks only that one', async () => {
    await connectWebhook(world, receiver.url);
    const conversation = await createConversation(world);
    for (const text of ['bad', 'good', 'better']) await say(world, conversation, text);
    receiver.answer(400, 400);
    await settle(world);
    expect(receiver.texts()).toEqual(['good', 'better']);
    expect((await deliveriesOf(world, conversation)).map(({ state }) => state)).toEqual(['parked', 'delivered', 'delivered']);
  });

  it.each([500, 503, 301, 410] as const)('is tried again when it answers %i', async (status) => {
    await connectWebhook(world, receiver.url);
    const conversation = await createConversation(world);
    receiver.answer(status, status);
    await say(world, conversation, 'hello');
    await settle(world);
    expect(receiver.fired).toBe(2);
    expect(receiver.texts()).toEqual(['hello']);
  });

  it('is left alone for as long as it asks with 429, and then receives all that waits', async () => {
    await connectWebhook(world, receiver.url);
    const conversation = await createConversation(world);
    receiver.answer({ status: 429, headers: { 'retry-after': '600' } });
    await say(world, conversation, 'one');
    await settle(world, { forMs: 60_000 });
    await say(world, conversation, 'two');
    const took = await settle(world);
    expect(took).toBeGreaterThan(500_000);
    expect(receiver.requests.map(({ body }) => body.messages.map(({ text }) => text))).toEqual([['one', 'two']]);
  });

  it('receives a message again, under the same id, when it did not answer', async () => {
    await connectWebhook(world, receiver.url);
    const conversation = await createConversation(world);
    receiver.answer('drop');
    await say(world, conversation, 'hello');
    await settle(world);
    expect(receiver.requests).toHaveLength(2);
    expect(receiver.texts()).toEqual(['hello']);
  });

  it('is parked after three days without one success, and receives everything after its repair', async () => {
    const { destination } = await connectWebhook(world, receiver.url);
    const conversation = await createConversation(world);
    receiver.answer(...Array.from({ length: 600 }, () => 500));
    await say(world, conversation, 'one');
    await settle(world, { forMs: 2 * DAY });
    expect(await parkedReason(destination)).toBeNull();
    await settle(world, { forMs: DAY + 2 * HOUR });
    expect(await parkedReason(destination)).toContain('no success for 3 days');
    const fired = receiver.fired;
    await say(world, conversation, 'two');
    await settle(world, { forMs: HOUR });
    expect(receiver.fired).toBe(fired);

    receiver.forget();
    await world.db
      .updateTable('destinations')
      .set((e) => ({ generation: e('generation', '+', 1), failing_since: null }))
      .where('id', '=', destination)
      .execute();
    await settle(world);
    expect(receiver.texts()).toEqual(['one', 'two']);
  });

  it('leaves other webhooks alone when it fails', async () => {
    const broken = await startReceiver();
    await connectWebhook(world, broken.url);
    await connectWebhook(world, receiver.url);
    const conversation = await createConversation(world);
    broken.answer(...Array.from({ length: 50 }, () => 500));
    await say(world, conversation, 'hello');
    await settle(world, { forMs: 10_000 });
    expect(receiver.texts()).toEqual(['hello']);
    expect(broken.texts()).toEqual([]);
    await broken.close();
  });

  const parkedReason = async (destination: string): Promise<string | null> => {
    const rows = await world.db.selectFrom('destinations').select(['id', 'parked_reason']).execute();
    return rows.find(({ id }) => id === destination)?.parked_reason ?? null;
  };
});
