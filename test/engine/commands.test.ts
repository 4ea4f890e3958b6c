import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Inbound } from '../../activities/inbound.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { receiveInbound } from '../../src/db/inbound/receive.ts';
import { newId } from '../../src/db/new-id.ts';
import type { ConversationId, ThreadId } from '../../src/domain/ids.ts';
import { connectAccount, connectWebhook, createConversation, createWorld, deliveriesOf } from './support/world.ts';
import type { Connection, World } from './support/world.ts';

const command = (remoteId: string, thread = 'room'): Inbound => ({
  kind: 'reply',
  key: remoteId,
  thread,
  remoteId,
  content: { type: 'text', text: remoteId },
  author: { name: 'Ben' },
  isCommand: true,
});

describe('a reply that was typed as a command', () => {
  let world: World;
  let connection: Connection;
  let conversation: ConversationId;
  beforeEach(async () => {
    world = await createWorld();
    connection = await connectAccount(world, zendesk, { key: 'a', credentials: {} });
    await connectWebhook(world, 'http://127.0.0.1:1/');
    conversation = await createConversation(world);
    const thread = { account_id: connection.account, destination_id: connection.destination, remote_id: 'room', label: 'room' };
    await world.db
      .insertInto('threads')
      .values({ ...thread, id: newId<ThreadId>(), conversation_id: conversation, state: 'open', cursor: null, created_at: 0 })
      .execute();
  });
  afterEach(async () => {
    await world.close();
  });

  const take = (inbound: Inbound, arrivedAt = performance.now()) =>
    receiveInbound(world.db, connection.account, inbound, { now: world.clock.now(), arrivedAt });

  it('goes to its own destination, too, and rings it', async () => {
    const { lanes, accepted } = await take(command('c1'));
    expect(accepted).toEqual({ isElsewhere: false });
    expect((await deliveriesOf(world, conversation)).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    expect(lanes.map(({ destination }) => destination)).toContain(connection.destination);
  });

  it('counts once, however often it comes', async () => {
    await take(command('c1'));
    expect((await take(command('c1'))).accepted).toEqual({ isElsewhere: false });
    expect(await deliveriesOf(world, conversation)).toHaveLength(2);
  });

  it('in a thread that is closed is accepted, and shown elsewhere', async () => {
    await world.db.updateTable('threads').set({ state: 'closed' }).execute();
    expect((await take(command('c1'))).accepted).toEqual({ isElsewhere: true });
  });

  it('is not kept for a thread that is not known: whoever typed it was told so', async () => {
    expect((await take(command('c1', 'elsewhere'))).accepted).toBeUndefined();
    expect(await world.db.selectFrom('inbound_events').selectAll().execute()).toEqual([]);
  });

  it('reaches nobody where the integration was removed', async () => {
    await world.db.updateTable('destinations').set({ removed_at: 1 }).where('id', '=', connection.destination).execute();
    expect((await take(command('c1'))).accepted).toBeUndefined();
    expect((await take(command('c1'))).accepted).toBeUndefined();
    expect(await deliveriesOf(world, conversation)).toEqual([]);
  });

  it('reaches nobody when it took so long that whoever typed it was told of a failure', async () => {
    await expect(take(command('c1'), performance.now() - 3_000)).rejects.toThrow('took more than 2500 ms');
    expect(await deliveriesOf(world, conversation)).toEqual([]);
    await take(command('c1'));
    expect(await deliveriesOf(world, conversation)).toHaveLength(2);
  });

  it('that was accepted in time is not refused when it comes again late', async () => {
    await take(command('c1'));
    expect((await take(command('c1'), performance.now() - 3_000)).accepted).toEqual({ isElsewhere: false });
  });
});
