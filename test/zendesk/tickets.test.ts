import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { HOUR } from '../../src/domain/time.ts';
import { runRound, say, settle } from '../engine/support/world.ts';
import { atZendesk } from './support/at-zendesk.ts';
import type { AtZendesk } from './support/at-zendesk.ts';

const Made = z.object({ user: z.object({ id: z.number() }) });
const Audits = z.object({
  audits: z.array(
    z.object({ metadata: z.object({ custom: z.looseObject({}) }), events: z.array(z.looseObject({ type: z.string() })) }),
  ),
});

const stateOf = async ({ world }: AtZendesk) =>
  (await world.tickets()).map(({ status, tags }) => ({ status, tags: tags.toSorted() }));

const said = async (at: AtZendesk): Promise<readonly (readonly [number, string])[]> => {
  const all = await at.world.tickets();
  return (await at.comments('public'))
    .filter(({ by }) => by === 'Ann Lee')
    .map(({ ticket, text }) => [all.findIndex(({ id }) => id === ticket) + 1, text] as const);
};

describe('a ticket', () => {
  const desk = atZendesk();

  it('is the app user’s, tagged, and named by an id of ours in the request that makes it', async () => {
    const at = desk();
    await at.says('one', 'two');
    const [ticket] = await at.world.tickets();
    expect(ticket).toMatchObject({
      status: 'new',
      tags: ['smooch'],
      external_id: `testbridge:${at.conversation}:${ticket?.external_id?.split(':')[2]}`,
    });
    expect(await said(at)).toEqual([[1, 'one\n\ntwo']]);
  });

  it('stays new while nobody has touched it', async () => {
    const at = desk();
    await at.says('one');
    await at.says('two');
    expect(await stateOf(at)).toMatchObject([{ status: 'new' }]);
  });

  it.each(['pending', 'hold', 'solve'] as const)('opens again when the app user writes (after "%s")', async (how) => {
    const at = desk();
    await at.says('one');
    await at.acts({ do: how });
    await at.says('two');
    expect(await stateOf(at)).toMatchObject([{ status: 'open' }]);
    expect(await said(at)).toEqual([
      [1, 'one'],
      [1, 'two'],
    ]);
  });

  it('does not open again for what is said elsewhere', async () => {
    const at = desk();
    await at.says('one');
    await at.acts({ do: 'solve' });
    await say(at.world, at.conversation, 'from elsewhere', 'appMaker');
    await settle(at.world);
    expect(await stateOf(at)).toMatchObject([{ status: 'solved' }]);
    expect((await at.comments('internal')).map(({ text }) => text)).toEqual(['Owner:\nfrom elsewhere']);
  });

  it('that is closed gets a follow-up with its tags, linked to it', async () => {
    const at = desk();
    await at.says('one');
    await at.acts({ do: 'tag', add: ['vip'], remove: [] });
    await at.acts({ do: 'close', as: 'Ada Admin' });
    await at.says('two');
    expect(await stateOf(at)).toMatchObject([{ status: 'closed' }, { status: 'new', tags: ['smooch', 'vip'] }]);
    expect(await said(at)).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
    const Via = z.object({
      ticket: z.object({ via: z.object({ source: z.object({ from: z.looseObject({}), rel: z.string() }) }) }),
    });
    const { ticket } = await at.api('GET', `/tickets/${await at.ticket()}`, Via);
    expect(ticket.via.source).toMatchObject({ rel: 'follow_up', from: { ticket_id: (await at.world.tickets())[0]?.id } });
    await at.acts({ do: 'reply', text: 'answer' });
    expect(await at.answers()).toMatchObject([{ text: 'answer' }]);
  });

  it('that is deleted is followed by a new one', async () => {
    const at = desk();
    await at.says('one');
    await at.acts({ do: 'delete', as: 'Ada Admin' });
    await at.says('two');
    expect(await said(at)).toEqual([[1, 'two']]);
  });

  it('that has all the comments it may have is followed by a new one', async () => {
    const at = desk();
    await at.world.zendesk.set({ maxCommentsPerTicket: 2 });
    await at.says('one');
    await at.says('two');
    await at.says('three');
    expect(await said(at)).toEqual([
      [1, 'one'],
      [1, 'two'],
      [2, 'three'],
    ]);
  });

  it('that was given to another requester never shows that person what the app user says', async () => {
    const at = desk();
    await at.says('one');
    const { user } = await at.api('POST', '/users', Made, { user: { name: 'Somebody Else', email: 'else@example.com' } });
    await at.world.zendesk.act({ ticket: await at.ticket(), as: 'Ben', do: 'changeRequester', requester: user.id });
    // Nothing tells us of it before the app user writes.
    await at.says('two');
    await at.acts({ do: 'reply', text: 'for Ann', ticket: await at.ticket() });
    const [first] = await at.world.tickets();
    await at.acts({ do: 'reply', text: 'for somebody else', ticket: first?.id ?? 0 });
    expect(await said(at)).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
    expect((await at.answers()).map(({ text }) => text)).toEqual(['for Ann']);
  });

  it.each([
    ['is found after the idempotency key’s two hours, though its answer was lost', 'lostAnswer'],
    ['is made when the request never arrived, however late that is known', 'hang'],
  ] as const)(
    '%s',
    async (_title, kind) => {
      const at = desk();
      const { world, conversation } = at;
      const { id: lost } = await world.zendesk.addFault({ kind, method: 'POST', path: '/tickets' });
      const { id: down } = await world.zendesk.addFault({
        kind: 'status',
        method: 'GET',
        path: '/tickets',
        status: 503,
        times: 5,
      });
      await say(world, conversation, 'one');
      await runRound(world, { conversation, system: 'zendesk', destination: world.connection.destination });
      world.clock.advance(3 * HOUR);
      await settle(world);
      const faults = await world.zendesk.faults();
      expect(faults.filter(({ id }) => id === lost || id === down).map(({ fired }) => fired)).toEqual([1, 5]);
      expect(await said(at)).toEqual([[1, 'one']]);
    },
    60_000,
  );

  it('takes more than fits into one comment as several, in order, and loses nothing', async () => {
    const at = desk();
    const long = Array.from({ length: 9_000 }, (_, index) => `word${index}`).join(' ');
    await at.says('before', `${long} & <${'x'.repeat(70_000)}>`, 'after');
    const texts = (await said(at)).map(([, text]) => text);
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.join('').replaceAll(/\s/g, '')).toBe(`before${long}&<${'x'.repeat(70_000)}>after`.replaceAll(/\s/g, ''));
  });

  it('marks each comment of ours in its audit', async () => {
    const at = desk();
    await at.says('one');
    await at.says('two');
    const { audits } = await at.api('GET', `/tickets/${await at.ticket()}/audits`, Audits);
    expect(audits.map(({ metadata }) => metadata.custom)).toEqual([
      { deskbridge: expect.stringMatching(/^\w{26} message 1$/) },
      { deskbridge: expect.stringMatching(/^\w{26} message 2$/) },
    ]);
  });

  it('begins with a note of what agents had said before, each under their name, however long it was', async () => {
    const at = desk();
    await say(at.world, at.conversation, 'welcome', 'appMaker');
    await say(at.world, at.conversation, 'x'.repeat(70_000), 'appMaker');
    await at.says('one');
    const notes = (await at.comments('internal')).map(({ text }) => text);
    expect(notes[0]).toMatch(/^Owner:\nwelcome/);
    expect(notes.join('').replaceAll(/[^x]/g, '')).toHaveLength(70_000);
  });
});
