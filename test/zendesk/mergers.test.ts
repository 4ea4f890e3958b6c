import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { collect } from '../../activities/collect.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { CHANGES, dyingPorts } from '../engine/support/dying-ports.ts';
import { attemptOf, createConversation, runRound, say, settle } from '../engine/support/world.ts';
import { atZendesk, deskOf } from './support/at-zendesk.ts';
import type { AtZendesk } from './support/at-zendesk.ts';

const Made = z.object({ ticket: z.object({ id: z.number() }) });

/** Another ticket of the same end user, or of somebody else, such as one that came by mail. */
async function anotherTicket(at: AtZendesk, requester?: number): Promise<number> {
  const [first] = await at.world.tickets();
  const ticket = {
    subject: 'By mail',
    requester_id: requester ?? first?.requester_id,
    comment: { body: 'by mail', public: true, author_id: requester ?? first?.requester_id },
  };
  return (await at.api('POST', '/tickets', Made, { ticket })).ticket.id;
}

const merge = async (at: AtZendesk, from: number, into: number): Promise<void> => {
  await at.world.zendesk.act({ ticket: from, as: 'Ben', do: 'merge', into });
  await at.world.webhooksDone();
};

const texts = async (at: AtZendesk): Promise<readonly (string | undefined)[]> => (await at.answers()).map(({ text }) => text);

describe('a ticket that was merged into another one', () => {
  const desk = atZendesk();

  it('goes on in that one, which gets the tag with the app user’s next words', async () => {
    const at = desk();
    await at.world.zendesk.set({ signatures: false });
    await at.says('one');
    const ours = await at.ticket();
    const other = await anotherTicket(at);
    await merge(at, ours, other);
    await at.says('two');
    await at.acts({ do: 'reply', text: 'an answer', ticket: other });
    expect((await at.comments('public')).filter(({ by }) => by === 'Ann Lee').map(({ ticket, text }) => [ticket, text])).toEqual([
      [ours, 'one'],
      [other, 'by mail'],
      [other, 'two'],
    ]);
    expect((await at.world.tickets()).find(({ id }) => id === other)?.tags).toEqual(['smooch']);
    expect(await texts(at)).toEqual(['an answer']);
  });

  it('goes on there when the merger is seen before the app user writes', async () => {
    const at = desk();
    await at.world.zendesk.set({ signatures: false });
    await at.says('one');
    const ours = await at.ticket();
    const other = await anotherTicket(at);
    await merge(at, ours, other);
    await fetchAll(at);
    await at.says('two');
    expect((await at.comments('public')).at(-1)).toMatchObject({ ticket: other, text: 'two' });
  });

  it('loses nothing that was answered in it before, and brings nothing from the other one that was', async () => {
    const at = desk();
    await at.world.zendesk.set({ signatures: false });
    await at.says('one');
    const ours = await at.ticket();
    const other = await anotherTicket(at);
    const { id } = await at.world.zendesk.addFault({ kind: 'lost' });
    await at.world.zendesk.act({ ticket: other, as: 'Ben', do: 'reply', text: 'to the mail' });
    await at.world.zendesk.act({ ticket: ours, as: 'Ben', do: 'reply', text: 'just before' });
    at.world.clock.advance(1_000);
    await merge(at, ours, other);
    expect((await at.world.zendesk.faults()).find((fault) => fault.id === id)?.fired).toBe(1);
    await at.says('two');
    expect(await texts(at)).toEqual(['just before']);
    at.world.clock.advance(1_000);
    await at.acts({ do: 'reply', text: 'after', ticket: other });
    expect(await texts(at)).toEqual(['just before', 'after']);
  });

  it('is followed through several mergers', async () => {
    const at = desk();
    await at.says('one');
    const ours = await at.ticket();
    const second = await anotherTicket(at);
    const third = await anotherTicket(at);
    await merge(at, ours, second);
    await merge(at, second, third);
    await at.says('two');
    expect((await at.comments('public')).at(-1)).toMatchObject({ ticket: third, text: 'two' });
  });

  it('is not followed to somebody else’s ticket: that person must not read it', async () => {
    const at = desk();
    await at.world.zendesk.set({ signatures: false });
    await at.says('one');
    const ours = await at.ticket();
    const { user } = await at.api('POST', '/users', z.object({ user: z.object({ id: z.number() }) }), {
      user: { name: 'Somebody Else' },
    });
    const other = await anotherTicket(at, user.id);
    await merge(at, ours, other);
    await at.says('two');
    await at.acts({ do: 'reply', text: 'for somebody else', ticket: other });
    const last = (await at.comments('public')).findLast(({ by }) => by === 'Ann Lee');
    expect(last).toMatchObject({ text: 'two', ticket: await at.ticket() });
    expect([ours, other]).not.toContain(last?.ticket);
    expect(await texts(at)).toEqual([]);
  });

  it('into the ticket of another conversation leaves that one to its owner', async () => {
    const at = desk();
    await at.settings({ verifiesEmail: true });
    const other = deskOf(at.world, await createConversation(at.world, 'Ann Two'));
    await at.profile({ email: 'ann@example.com' });
    await other.profile({ email: 'ann@example.com' });
    await at.says('one');
    const ours = await at.ticket();
    await other.says('other');
    await merge(at, ours, await other.ticket());
    await at.says('two');
    expect(await at.world.tickets()).toHaveLength(3);
    await at.acts({ do: 'reply', text: 'for the other conversation', ticket: await ticketAt(at, 1) });
    expect(await texts(at)).toEqual([]);
  });

  it('shows everything once, in order, when the round is killed after any call that changes something', async () => {
    const at = desk();
    await at.world.zendesk.set({ ticketUpdateLimit: 1_000, requestsPerMinute: 100_000, signatures: false });
    for (let n = 1; ; n += 1) {
      const one = deskOf(at.world, await createConversation(at.world));
      await say(one.world, one.conversation, 'one');
      await runRound(one.world, bellOf(one));
      const ours = await one.ticket();
      const other = await anotherTicket(one, (await one.world.tickets()).find(({ id }) => id === ours)?.requester_id);
      await merge(one, ours, other);
      await say(one.world, one.conversation, 'two');
      const dying = dyingPorts(one.world.ports, n, 'after', CHANGES);
      await runRound(one.world, bellOf(one), (attempt) => (attempt === 1 ? dying.ports : one.world.ports));
      await one.acts({ do: 'reply', text: 'an answer', ticket: other });
      const shown = (await one.comments('public')).filter(({ ticket, text }) => ticket === other && text === 'two');
      expect(shown, `killed after call ${n}, ${dying.calls.at(-1)}`).toHaveLength(1);
      expect(await texts(one)).toEqual(['an answer']);
      if (!dying.hasDied()) return expect(n).toBeGreaterThan(10);
    }
  }, 300_000);
});

const bellOf = ({ world, conversation }: AtZendesk) => ({
  conversation,
  system: 'zendesk',
  destination: world.connection.destination,
});

async function fetchAll({ world, conversation }: AtZendesk): Promise<void> {
  const threads = await world.db.selectFrom('threads').select('id').where('conversation_id', '=', conversation).execute();
  for (const { id } of threads) await collect(world.ports, zendesk, { conversation, thread: id }, attemptOf(1));
  await settle(world);
}

const ticketAt = async ({ world }: AtZendesk, index: number): Promise<number> => (await world.tickets())[index]?.id ?? 0;
