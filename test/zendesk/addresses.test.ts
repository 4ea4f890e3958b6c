import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createConversation } from '../engine/support/world.ts';
import { atZendesk, deskOf } from './support/at-zendesk.ts';
import { aCustomer, addresses, customers, Many, requester } from './support/people.ts';

describe('an app user with an e-mail address', () => {
  const desk = atZendesk({ install: false });

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
