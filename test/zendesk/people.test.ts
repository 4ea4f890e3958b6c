import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createConversation } from '../engine/support/world.ts';
import { atZendesk, deskOf } from './support/at-zendesk.ts';
import type { AtZendesk } from './support/at-zendesk.ts';

const User = z.object({
  id: z.number(),
  name: z.string(),
  email: z.string().nullable(),
  role: z.string(),
  external_id: z.string().nullable(),
  user_fields: z.record(z.string(), z.json()),
});
const One = z.object({ user: User });
const Many = z.object({ users: z.array(User) });
const Identities = z.object({ identities: z.array(z.object({ value: z.string(), primary: z.boolean() })) });

/** End users, oldest first. */
const customers = async ({ api }: AtZendesk) => (await api('GET', '/users?role=end-user', Many)).users;

const requester = async ({ world, ticket }: AtZendesk): Promise<number | undefined> => {
  const id = await ticket();
  return (await world.tickets()).find((one) => one.id === id)?.requester_id;
};

const addresses = async ({ api }: AtZendesk, user: number) =>
  (await api('GET', `/users/${user}/identities`, Identities)).identities.map(({ value, primary }) =>
    primary ? `${value} (first)` : value,
  );

const aCustomer = async ({ api }: AtZendesk, user: object): Promise<number> =>
  (await api('POST', '/users', One, { user: { skip_verify_email: true, ...user } })).user.id;

describe('an app user at Zendesk', () => {
  const desk = atZendesk();

  it('is one end user, named and kept by an id that is ours', async () => {
    const at = desk();
    await at.says('one');
    await at.says('two');
    expect(await customers(at)).toMatchObject([
      { name: 'Ann Lee', email: null, external_id: expect.stringContaining('testbridge:') },
    ]);
  });

  it('is written to Zendesk only when the profile changed', async () => {
    const at = desk();
    await at.says('one');
    await at.world.zendesk.clearRequests();
    await at.says('two');
    expect(await at.calls('/users')).toBe(0);
    await at.profile({ given_name: 'Anna' });
    await at.says('three');
    await at.says('four');
    expect(await customers(at)).toMatchObject([{ name: 'Anna Lee' }]);
    expect((await at.calls('POST /users')) + (await at.calls('PUT /users'))).toBe(1);
  });

  it('without a name is a visitor', async () => {
    const at = desk();
    await at.profile({ given_name: ' ', surname: null });
    await at.world.db.updateTable('app_users').set({ user_id: null }).execute();
    await at.says('one');
    expect((await customers(at))[0]?.name).toMatch(/^Visitor \w{4}$/);
  });

  it('gets another record when an agent has got theirs', async () => {
    const at = desk();
    await at.says('one');
    const [before] = await customers(at);
    await at.api('PUT', `/users/${before?.id}`, One, { user: { role: 'agent' } });
    await at.profile({ given_name: 'Mallory' });
    await at.says('two');
    const { user: agent } = await at.api('GET', `/users/${before?.id}`, One);
    expect(agent).toMatchObject({ name: 'Ann Lee', role: 'agent' });
    expect(await customers(at)).toMatchObject([{ name: 'Mallory Lee' }]);
    expect(await at.world.tickets()).toHaveLength(2);
    expect((await at.comments('public')).map(({ text, by }) => [text, by])).toEqual([
      ['one', 'Ann Lee'],
      ['two', 'Mallory Lee'],
    ]);
  });

  it('never speaks as an agent, though nothing of the profile has changed', async () => {
    const at = desk();
    await at.says('one');
    const [before] = await customers(at);
    await at.api('PUT', `/users/${before?.id}`, One, { user: { role: 'agent' } });
    await at.says('{{ticket.id}}');
    const [after] = await customers(at);
    expect(await requester(at)).toBe(after?.id);
    expect((await at.comments('public')).map(({ text }) => text)).toEqual(['one', '{\u2060{ticket.id}\u2060}']);
  });

  describe('with an address', () => {
    it('is not found by it, unless the app verifies addresses', async () => {
      const at = desk();
      const other = await aCustomer(at, { name: 'Ann Customer', email: 'ann@example.com' });
      await at.profile({ email: 'ann@example.com' });
      await at.says('one');
      expect(await requester(at)).not.toBe(other);
      expect(await customers(at)).toMatchObject([{ name: 'Ann Customer' }, { name: 'Ann Lee', email: null }]);
    });

    it('is the end user who has it, whose name and id stay as they are', async () => {
      const at = desk();
      await at.settings({ verifiesEmail: true });
      const other = await aCustomer(at, { name: 'Ann Customer', email: 'ann@example.com', external_id: 'crm-7' });
      await at.profile({ email: 'Ann@Example.com' });
      await at.says('one');
      await at.profile({ given_name: 'Anna', email: 'anna@example.com' });
      await at.says('two');
      expect(await requester(at)).toBe(other);
      expect(await customers(at)).toMatchObject([{ name: 'Ann Customer', external_id: 'crm-7', email: 'ann@example.com' }]);
      expect(await addresses(at, other)).toEqual(['ann@example.com (first)']);
    });

    it('never becomes an agent or an admin who has it', async () => {
      const at = desk();
      await at.settings({ verifiesEmail: true });
      await at.profile({ given_name: 'Not', surname: 'Ben', email: `ben@${at.world.zendesk.subdomain}.example` });
      await at.says('one');
      const { users: agents } = await at.api('GET', '/users?role=agent', Many);
      expect(agents.map(({ name }) => name)).toEqual(['Ben', 'Chloe']);
      expect(await customers(at)).toMatchObject([{ name: 'Not Ben', email: null }]);
      expect((await at.comments('public')).map(({ by }) => by)).toEqual(['Not Ben']);
    });

    it('has it at Zendesk, too, where the app verifies addresses, and Zendesk writes to nobody about it', async () => {
      const at = desk();
      await at.settings({ verifiesEmail: true });
      await at.profile({ email: 'ann@example.com' });
      await at.says('one');
      expect(await customers(at)).toMatchObject([{ name: 'Ann Lee', email: 'ann@example.com' }]);
      const mails = await at.world.zendesk.outbox();
      expect(mails.filter(({ to }) => to.includes('ann@'))).toEqual([]);
    });

    it('that changes, has only the new one', async () => {
      const at = desk();
      await at.settings({ verifiesEmail: true });
      await at.profile({ email: 'ann@example.com' });
      await at.says('one');
      await at.profile({ email: 'lee@example.com' });
      await at.says('two');
      const [ann] = await customers(at);
      expect(await addresses(at, ann?.id ?? 0)).toEqual(['lee@example.com (first)']);
      await at.profile({ email: null });
      await at.says('three');
      expect(await addresses(at, ann?.id ?? 0)).toEqual([]);
    });

    it('keeps the address that an agent noted', async () => {
      const at = desk();
      await at.settings({ verifiesEmail: true });
      await at.says('one');
      const [ann] = await customers(at);
      await at.api('POST', `/users/${ann?.id}/identities`, z.unknown(), {
        identity: { type: 'email', value: 'private@example.com', skip_verify_email: true },
      });
      await at.profile({ email: 'ann@example.com' });
      await at.says('two');
      expect(await addresses(at, ann?.id ?? 0)).toEqual(['private@example.com (first)', 'ann@example.com']);
    });

    it('is heard all the same when somebody at Zendesk has it already', async () => {
      const at = desk();
      await at.says('one');
      await aCustomer(at, { name: 'Somebody', email: 'ann@example.com' });
      await at.settings({ verifiesEmail: true });
      await at.profile({ email: 'ann@example.com' });
      await at.says('two');
      expect((await at.comments('public')).map(({ text }) => text)).toEqual(['one', 'two']);
      expect((await customers(at)).map(({ name, email }) => [name, email])).toEqual([
        ['Ann Lee', null],
        ['Somebody', 'ann@example.com'],
      ]);
    });

    it('of a support address is heard all the same', async () => {
      const at = desk();
      await at.settings({ verifiesEmail: true });
      await at.profile({ email: `support@${at.world.zendesk.subdomain}.zendesk.com` });
      await at.says('one');
      expect(await customers(at)).toMatchObject([{ name: 'Ann Lee', email: null }]);
    });

    it('is the same end user in both of two conversations', async () => {
      const at = desk();
      await at.settings({ verifiesEmail: true });
      const other = deskOf(at.world, await createConversation(at.world, 'Ann Two'));
      await at.profile({ email: 'ann@example.com' });
      await other.profile({ email: 'ann@example.com' });
      await at.says('one');
      await other.says('two');
      expect(await customers(at)).toHaveLength(1);
    });
  });

  describe('with fields', () => {
    const field = (at: AtZendesk, user_field: object) => at.api('POST', '/user_fields', z.unknown(), { user_field });

    it('has in them what the app knows, where the name and the kind of the field fit', async () => {
      const at = desk();
      await field(at, {
        key: 'plan_name',
        title: 'Plan',
        type: 'dropdown',
        custom_field_options: [{ name: 'Gold', value: 'plan_gold' }],
      });
      await field(at, { key: 'seats', title: 'Seats', type: 'integer' });
      await field(at, { key: 'trial', title: 'Trial', type: 'checkbox' });
      await field(at, { key: 'email', title: 'Address in the app', type: 'text' });
      await field(at, { key: 'born', title: 'Born', type: 'date' });
      await field(at, { key: 'nothing', title: 'Nothing', type: 'text' });
      await at.profile({
        email: 'ann@example.com',
        properties: { 'Plan name': 'Gold', seats: 12, trial: true, born: '1990-05-17T00:00:00Z', shoeSize: 39 },
      });
      await at.says('one');
      const [ann] = await customers(at);
      expect(ann?.user_fields).toEqual({
        plan_name: 'plan_gold',
        seats: 12,
        trial: true,
        email: 'ann@example.com',
        born: '1990-05-17',
      });
      await at.world.zendesk.clearRequests();
      await at.says('two');
      expect(await at.calls('/users')).toBe(0);
      await at.profile({ properties: { seats: 13 } });
      await at.says('three');
      expect((await customers(at))[0]?.user_fields).toMatchObject({ seats: 13 });
    });

    it('that refuse what the app says, is heard all the same', async () => {
      const at = desk();
      await field(at, { key: 'seats', title: 'Seats', type: 'integer' });
      const { id } = await at.world.zendesk.addFault({
        kind: 'status',
        method: 'PUT',
        path: '/users/*',
        status: 422,
        body: { error: 'RecordInvalid' },
      });
      await at.profile({ properties: { seats: 12 } });
      await at.says('one');
      expect((await at.world.zendesk.faults()).find((fault) => fault.id === id)?.fired).toBe(1);
      expect((await at.comments('public')).map(({ text }) => text)).toEqual(['one']);
    });
  });

  describe('who was merged into another end user', () => {
    const merge = async (at: AtZendesk, winner: number): Promise<void> => {
      const loser = (await customers(at)).find(({ id }) => id !== winner)?.id;
      await at.api('PUT', `/users/${loser}/merge`, z.unknown(), { user: { id: winner } });
    };

    it('goes on in the same ticket, as that one', async () => {
      const at = desk();
      await at.says('one');
      const winner = await aCustomer(at, { name: 'Ann Customer', email: 'ann@example.com' });
      await merge(at, winner);
      await at.says('two');
      expect(await at.world.tickets()).toHaveLength(1);
      expect((await at.comments('public')).map(({ text, by }) => [text, by])).toEqual([
        ['one', 'Ann Customer'],
        ['two', 'Ann Customer'],
      ]);
      expect(await customers(at)).toMatchObject([{ name: 'Ann Customer' }]);
    });

    it('still gets the agents’ answers', async () => {
      const at = desk();
      await at.world.zendesk.set({ signatures: false });
      await at.says('one');
      await merge(at, await aCustomer(at, { name: 'Ann Customer' }));
      await at.acts({ do: 'reply', text: 'an answer' });
      expect(await at.answers()).toMatchObject([{ text: 'an answer' }]);
    });

    it('opens new tickets as that one', async () => {
      const at = desk();
      await at.says('one');
      const winner = await aCustomer(at, { name: 'Ann Customer' });
      await merge(at, winner);
      await at.acts({ do: 'close', as: 'Ada Admin' });
      await at.says('two');
      expect(await at.world.tickets()).toHaveLength(2);
      expect(await requester(at)).toBe(winner);
    });
  });

  it('is made anew when the record was deleted', async () => {
    const at = desk();
    await at.says('one');
    const [ann] = await customers(at);
    await at.acts({ do: 'delete', as: 'Ada Admin' });
    await at.api('DELETE', `/users/${ann?.id}`, z.unknown());
    await at.says('two');
    const all = await customers(at);
    expect(all).toMatchObject([{ name: 'Ann Lee' }]);
    expect(await requester(at)).toBe(all[0]?.id);
    expect(all[0]?.id).not.toBe(ann?.id);
  });
});
