import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { install } from '../engine/support/zendesk-world.ts';
import { atZendesk } from './support/at-zendesk.ts';
import { aCustomer, aField, customers, mergeInto, One, refuseUserWrite, requester } from './support/people.ts';

describe('an app user at Zendesk', () => {
  const desk = atZendesk({ install: false });

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

  describe('with fields', () => {
    it('has in them what the app knows, where the name and the kind of the field fit', async () => {
      const at = desk();
      await aField(at, {
        key: 'plan_name',
        title: 'Plan',
        type: 'dropdown',
        custom_field_options: [{ name: 'Gold', value: 'plan_gold' }],
      });
      await aField(at, { key: 'seats', title: 'Seats', type: 'integer' });
      await aField(at, { key: 'trial', title: 'Trial', type: 'checkbox' });
      await aField(at, { key: 'email', title: 'Address in the app', type: 'text' });
      await aField(at, { key: 'born', title: 'Born', type: 'date' });
      await aField(at, { key: 'nothing', title: 'Nothing', type: 'text' });
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
      await aField(at, { key: 'seats', title: 'Seats', type: 'integer' });
      const refused = await refuseUserWrite(at);
      await at.profile({ properties: { seats: 12 } });
      await at.says('one');
      expect(await refused()).toBe(1);
      expect((await at.comments('public')).map(({ text }) => text)).toEqual(['one']);
    });
  });

  describe('who was merged into another end user', () => {
    it('goes on in the same ticket, as that one', async () => {
      const at = desk();
      await at.says('one');
      const winner = await aCustomer(at, { name: 'Ann Customer', email: 'ann@example.com' });
      await mergeInto(at, winner);
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
      await install(at.world, at.world.zendesk.subdomain);
      await at.world.zendesk.set({ signatures: false });
      await at.says('one');
      await mergeInto(at, await aCustomer(at, { name: 'Ann Customer' }));
      await at.acts({ do: 'reply', text: 'an answer' });
      expect(await at.answers()).toMatchObject([{ text: 'an answer' }]);
    });

    it('opens new tickets as that one', async () => {
      const at = desk();
      await at.says('one');
      const winner = await aCustomer(at, { name: 'Ann Customer' });
      await mergeInto(at, winner);
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
