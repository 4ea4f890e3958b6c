import { describe, expect, it } from 'vitest';
import { deliver } from '../../activities/deliver.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { newId } from '../../src/db/new-id.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { pausingPorts } from './support/dying-ports.ts';
import type { PausingPorts } from './support/dying-ports.ts';
import { attemptOf, createConversation, say, settle } from './support/world.ts';
import { zendeskForEach } from './support/zendesk-for-each.ts';
import type { ZendeskWorld } from './support/zendesk-world.ts';

// Before a call and after the one before it are the same to everybody else: every second one, in both ways, is every moment.
describe('two attempts of one round', () => {
  let world: ZendeskWorld;
  zendeskForEach((fresh) => {
    world = fresh;
  });

  it.each(['before', 'after'] as const)(
    'show everything once when one is suspended %s any of its calls, for as long as the other needs',
    async (when) => {
      for (let n = 1; ; n += 2) {
        const { conversation, slow, ended } = await suspended(n, when);
        // A process that stops between its last look at the clock and the request itself cannot be helped; it is let go on in time.
        if (when === 'before' && slow.call() === 'http') await another(conversation);
        else await settle(world);
        await expectOnce(conversation, slow);
        if (ended) return expect(n).toBeGreaterThan(8);
      }
    },
    60_000,
  );

  it.each(['before', 'after'] as const)(
    'show everything once when one is suspended %s any of its calls, and the other runs once',
    async (when) => {
      for (let n = 1; ; n += 2) {
        const { conversation, slow, ended } = await suspended(n, when);
        await another(conversation);
        await expectOnce(conversation, slow);
        if (ended) return expect(n).toBeGreaterThan(8);
      }
    },
    60_000,
  );

  let first: Promise<unknown> = Promise.resolve();
  let round = '';

  async function suspended(n: number, when: 'before' | 'after') {
    const conversation = await createConversation(world);
    await say(world, conversation, 'one');
    await say(world, conversation, 'two');
    round = newId<ConversationId>();
    const slow = pausingPorts(world.ports, n, when);
    const input = { conversation, destination: world.connection.destination, round };
    first = deliver(slow.ports, zendesk, input, attemptOf(1)).catch(() => undefined);
    const ended = await Promise.race([slow.reached.then(() => false), first.then(() => true)]);
    return { conversation, slow, ended };
  }

  const another = (conversation: ConversationId): Promise<unknown> =>
    deliver(world.ports, zendesk, { conversation, destination: world.connection.destination, round }, attemptOf(2)).catch(
      () => undefined,
    );

  async function expectOnce(conversation: ConversationId, slow: PausingPorts): Promise<void> {
    slow.resume();
    await first;
    await settle(world);
    const tickets = (await world.tickets()).filter(({ external_id }) => external_id?.includes(conversation));
    const comments = (await world.comments()).filter(({ by, ticket }) => by === 'Ann Lee' && ticket === tickets[0]?.id);
    expect(tickets, `suspended at ${slow.call()}`).toHaveLength(1);
    expect(comments.map(({ text }) => text)).toEqual(['one\n\ntwo']);
  }
});
