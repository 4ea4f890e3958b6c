import { beforeEach, describe, expect, it } from 'vitest';
import { poll } from '../../activities/reconcile.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { attemptOf, createConversation, say, settle } from '../engine/support/world.ts';
import { atZendesk } from './support/at-zendesk.ts';

const MANY = 100;

describe('webhooks that get lost', () => {
  const at = atZendesk();
  beforeEach(async () => {
    await at().world.zendesk.set({
      requestsPerMinute: 100_000,
      ticketUpdatesPerMinute: 100_000,
      userWritesPerSecond: 1_000,
      signatures: false,
    });
  });

  const look = async () => {
    const { world } = at();
    const input = { system: 'zendesk', accountKey: world.zendesk.subdomain };
    return await poll(world.ports, zendesk, input, attemptOf(1), () => Promise.resolve());
  };

  const answers = async (): Promise<readonly string[]> => {
    const rows = await at().world.db.selectFrom('messages').select('content').where('role', '=', 'appMaker').execute();
    return rows.map(({ content }) => content.text ?? '');
  };

  it('are made good by the next look at what changed: of a hundred answers a hundred', async () => {
    const { world } = at();
    for (let index = 0; index < MANY; index += 1) await say(world, await createConversation(world, `Ann ${index}`), 'hello');
    await settle(world);
    const tickets = (await world.tickets()).map(({ id }) => id);
    expect(tickets).toHaveLength(MANY);
    await look();
    await settle(world, { forMs: 10 * MINUTE });
    expect((await look()).dirty).toBe(0);
    world.clock.advance(2 * MINUTE);
    const fault = await world.zendesk.addFault({ kind: 'lost', times: MANY });
    for (const ticket of tickets) await world.zendesk.act({ ticket, as: 'Ben', do: 'reply', text: `answer ${ticket}` });
    await world.webhooksDone();
    await settle(world, { forMs: 5 * MINUTE });
    expect((await world.zendesk.faults()).find(({ id }) => id === fault.id)?.fired).toBe(MANY);
    expect(await answers()).toEqual([]);

    expect((await look()).dirty).toBe(MANY);
    await settle(world, { forMs: 30 * MINUTE });
    expect((await answers()).toSorted()).toEqual(tickets.map((id) => `answer ${id}`).toSorted());
    expect((await look()).dirty).toBe(0);
  }, 400_000);

  it('are looked for once in a ticket that we wrote to, and then no more', async () => {
    const { world, says } = at();
    await says('one');
    world.clock.advance(10 * MINUTE);
    expect((await look()).dirty).toBe(1);
    await settle(world, { forMs: 5 * MINUTE });
    world.clock.advance(10 * MINUTE);
    expect((await look()).dirty).toBe(0);
  });

  it('are looked for in parts after an outage in which very much happened, and none is passed over', async () => {
    const { world } = at();
    for (let index = 0; index < 12; index += 1) {
      await say(world, await createConversation(world, `Ann ${index}`), 'hello');
      await settle(world, { forMs: MINUTE });
    }
    await settle(world);
    world.clock.advance(2 * MINUTE);
    // Two tickets a page instead of a thousand.
    const http: typeof world.ports.http = (request, signal) =>
      world.ports.http({ ...request, url: request.url.replace('/cursor?', '/cursor?per_page=2&') }, signal);
    const input = { system: 'zendesk', accountKey: world.zendesk.subdomain };
    const found: number[] = [];
    for (let time = 0; time < 4; time += 1) {
      found.push((await poll({ ...world.ports, http }, zendesk, input, attemptOf(1), () => Promise.resolve())).dirty);
      await settle(world, { forMs: 10 * MINUTE });
    }
    expect(found[0]).toBe(10);
    expect(found.reduce((sum, some) => sum + some, 0)).toBe(12);
  });
});
