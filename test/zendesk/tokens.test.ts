import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCrowd } from '../../activities/crowd.ts';
import { deliver } from '../../activities/deliver.ts';
import type { Ports } from '../../activities/ports.ts';
import { poll, reconcile } from '../../activities/reconcile.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { newId } from '../../src/db/new-id.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { textOf } from '../../src/domain/json.ts';
import { DAY, HOUR } from '../../src/domain/time.ts';
import { PassingClock } from '../engine/support/passing-clock.ts';
import { startReceiver } from '../engine/support/receiver.ts';
import { attempts, attemptOf, connectWebhook, createConversation, runRound, say, settle } from '../engine/support/world.ts';
import { createZendeskWorld, startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer, ZendeskWorld } from '../engine/support/zendesk-world.ts';
import { connectByOAuth } from './support/account.ts';

const unpaced = { ...zendesk, budgetsOf: () => ({ account: {} }) };
const MANY = 60;
const TOKENS = '/oauth/tokens';

describe('the tokens of a Zendesk account', () => {
  let server: SandboxServer;
  let world: ZendeskWorld;
  beforeEach(async () => {
    server = await startSandbox(new PassingClock());
    world = await createZendeskWorld(server, { install: false });
    await connectByOAuth(server, world);
    await world.zendesk.set({ requestsPerMinute: 100_000, ticketUpdatesPerMinute: 100_000, userWritesPerSecond: 1_000 });
    await world.zendesk.clearRequests();
  });
  afterEach(async () => {
    await world.close();
    await server.close();
  });

  /** People who have said something that is to be delivered. */
  async function speakers(count: number): Promise<readonly ConversationId[]> {
    const conversations: ConversationId[] = [];
    for (let index = 0; index < count; index += 1) {
      const conversation = await createConversation(world, `Ann ${index}`);
      await say(world, conversation, `hello from ${index}`);
      conversations.push(conversation);
    }
    return conversations;
  }

  /** All at once, by several processes, in an account that takes as many. */
  const deliverAll = (conversations: readonly ConversationId[], ports: Ports = world.ports) => {
    const crowded = { ...ports, crowd: createCrowd(conversations.length) };
    const { destination } = world.connection;
    return Promise.all(
      conversations.map((conversation) => {
        const input = { conversation, destination, round: newId<ConversationId>() };
        return attempts(world, (attempt) => deliver(crowded, unpaced, input, attemptOf(attempt)));
      }),
    );
  };

  /** How often the grant was renewed. */
  const renewals = async (): Promise<number> =>
    (await world.zendesk.requests()).filter(({ method, path }) => method === 'POST' && path === TOKENS).length;

  const parked = async (): Promise<readonly (string | null)[]> =>
    (await world.db.selectFrom('destinations').select('parked_reason').where('parked_generation', '>', 0).execute()).map(
      ({ parked_reason }) => parked_reason,
    );

  const undelivered = async (): Promise<number> =>
    (
      await world.db
        .selectFrom('deliveries')
        .select('seq')
        .where('destination_id', '=', world.connection.destination)
        .where('state', '!=', 'delivered')
        .execute()
    ).length;

  it.each([
    ['that have expired', 25 * HOUR, MANY],
    ['that are past half of their life', 13 * HOUR, MANY / 5],
  ])(
    '%s are renewed once, however many deliveries meet them, and nobody takes them for revoked',
    async (_title, age, many) => {
      const conversations = await speakers(many);
      world.clock.advance(age);
      const ends = await deliverAll(conversations);
      expect(ends.filter((end) => !/^message 1 → ticket \d+$/.test(end?.summary ?? ''))).toEqual([]);
      expect([await undelivered(), await parked(), await renewals()]).toEqual([0, [], 1]);
    },
    300_000,
  );

  it.each([
    ['that have expired', 25 * HOUR],
    ['that are past half of their life', 13 * HOUR],
  ])(
    '%s and whose renewal is never answered are connected again by a person; nothing that waited is lost',
    async (_title, age) => {
      const [conversation] = await speakers(1);
      if (conversation === undefined) throw new Error('nobody speaks');
      world.clock.advance(age);
      // Zendesk has ended the old pair then, and nobody has got the new one.
      const { id } = await world.zendesk.addFault({ kind: 'lostAnswer', method: 'POST', path: TOKENS });
      await settle(world, { forMs: HOUR });
      expect((await world.zendesk.faults()).find((fault) => fault.id === id)?.fired).toBe(1);
      expect(await parked()).toEqual([
        'Zendesk no longer renews our access: it was revoked there or has ended, or the answer when it was last renewed was lost on its way. Connect the account again.',
      ]);
      await say(world, conversation, 'and another thing');
      await settle(world, { forMs: HOUR });
      expect([await undelivered(), await world.tickets()]).toEqual([2, []]);
      await connectByOAuth(server, world);
      await settle(world);
      expect(await undelivered()).toBe(0);
      expect((await world.comments()).map(({ text }) => text)).toEqual(['hello from 0\n\nand another thing']);
    },
    60_000,
  );

  it('hold up nobody else while they are renewed', async () => {
    const receiver = await startReceiver();
    const webhook = await connectWebhook(world, receiver.url);
    const conversations = await speakers(10);
    world.clock.advance(25 * HOUR);
    const answer = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const http: typeof world.ports.http = async (request, signal) => {
      if (request.url.endsWith(TOKENS)) {
        asked.resolve();
        await answer.promise;
      }
      return await world.ports.http(request, signal);
    };
    const slow = { ...world.ports, http };
    const rounds = deliverAll(conversations, slow);
    await asked.promise;
    for (const conversation of conversations) await runRound(world, { conversation, system: 'app', ...webhook }, () => slow);
    expect(receiver.requests).toHaveLength(conversations.length);
    answer.resolve();
    await rounds;
    await settle(world, { forMs: HOUR });
    expect([await undelivered(), await parked(), await renewals()]).toEqual([0, [], 1]);
    await receiver.close();
  }, 300_000);

  it('are not asked for again and again while Zendesk gives none', async () => {
    await world.zendesk.addFault({ kind: 'status', method: 'POST', path: TOKENS, status: 503, times: 2 });
    const conversations = await speakers(4);
    world.clock.advance(25 * HOUR);
    await Promise.allSettled([deliverAll(conversations), deliverAll(conversations)]);
    expect(await renewals()).toBe(1);
    await settle(world, { forMs: HOUR });
    expect([await undelivered(), await parked(), await renewals()]).toEqual([0, [], 3]);
  }, 300_000);

  it('are kept alive for months in which nothing is delivered', async () => {
    for (let day = 0; day < 120; day += 10) {
      world.clock.advance(10 * DAY);
      await reconcile(world.ports, zendesk, { system: 'zendesk', accountKey: world.zendesk.subdomain }, attemptOf(1));
    }
    expect(await renewals()).toBe(12);
    const grant = await world.ports.accounts.grant(world.connection.account);
    const headers = { authorization: `Bearer ${textOf(grant?.credentials ?? {}, 'accessToken')}` };
    expect((await fetch(`${world.zendesk.url}/api/v2/users/me`, { headers })).status).toBe(200);
  }, 60_000);

  it('are kept alive where nothing is asked of the account, too', async () => {
    const quiet = { ...zendesk };
    delete quiet.changed;
    delete quiet.resources;
    world.clock.advance(13 * HOUR);
    const input = { system: 'zendesk', accountKey: world.zendesk.subdomain };
    await poll(world.ports, quiet, input, attemptOf(1), () => Promise.resolve());
    expect(await renewals()).toBe(1);
  });
});
