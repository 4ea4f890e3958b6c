import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConversation, say, settle } from '../engine/support/world.ts';
import { zendeskForEach } from '../engine/support/zendesk-for-each.ts';
import { createZendeskWorld, install } from '../engine/support/zendesk-world.ts';
import type { SandboxServer, ZendeskWorld } from '../engine/support/zendesk-world.ts';
import { anotherApp, connect, leave, statusesOf } from './support/account.ts';
import { adminOf, SPARED } from './support/admin.ts';
import type { Admin } from './support/admin.ts';

const COMMENT_UPDATE = 'Notify requester and CCs of comment update';

describe('a Zendesk that is shared', () => {
  let server: SandboxServer;
  let world: ZendeskWorld;
  let admin: Admin;
  zendeskForEach((fresh, itsServer) => {
    world = fresh;
    server = itsServer;
    admin = adminOf(world.zendesk);
  });

  const look = (of: ZendeskWorld = world) => install(of, of.zendesk.subdomain);
  const ours = async (): Promise<{ webhooks: number; triggers: number; conditions: number }> => ({
    webhooks: (await admin.webhooks()).length,
    triggers: (await admin.triggers()).filter(({ title }) => title.startsWith('Deskbridge')).length,
    conditions: (await admin.trigger(COMMENT_UPDATE)).conditions.all.filter(
      (one) => JSON.stringify(one) === JSON.stringify(SPARED),
    ).length,
  });

  describe('by two apps', () => {
    it('has one webhook, one trigger and one condition for both, until the last has left', async () => {
      const other = await anotherApp(world);
      await connect(world, other);
      expect((await look()).steps).toEqual([]);
      expect(await ours()).toEqual({ webhooks: 1, triggers: 1, conditions: 1 });
      await leave(world);
      expect((await look()).steps).toEqual([]);
      expect([await statusesOf(world), await ours()]).toEqual([
        ['removed', 'connected'],
        { webhooks: 1, triggers: 1, conditions: 1 },
      ]);
      await leave(world, other);
      await look();
      expect([await statusesOf(world), await ours()]).toEqual([
        ['removed', 'removed'],
        { webhooks: 0, triggers: 0, conditions: 0 },
      ]);
    });

    it('keeps an app waiting that joins while the other leaves, and loses nothing of either', async () => {
      const other = await anotherApp(world);
      await leave(world);
      await connect(world, other);
      await look();
      expect([await statusesOf(world), await ours()]).toEqual([
        ['removed', 'connected'],
        { webhooks: 1, triggers: 1, conditions: 1 },
      ]);
    });
  });

  it('is built anew when the last leaves and comes again', async () => {
    const [before] = await admin.webhooks();
    await leave(world);
    await look();
    await connect(world);
    await look();
    const [after] = await admin.webhooks();
    expect(after?.id).not.toBe(before?.id);
    expect([await statusesOf(world), await ours()]).toEqual([['connected'], { webhooks: 1, triggers: 1, conditions: 1 }]);
    const conversation = await createConversation(world);
    await say(world, conversation, 'one');
    await settle(world);
    await world.zendesk.act({ ticket: (await world.tickets())[0]?.id ?? 0, as: 'Ben', do: 'reply', text: 'an answer' });
    await world.webhooksDone();
    await settle(world, { forMs: 60_000 });
    const said = await world.db.selectFrom('messages').select('role').where('role', '=', 'appMaker').execute();
    expect(said).toHaveLength(1);
  });

  describe('by two installations', () => {
    let second: ZendeskWorld;
    beforeEach(async () => {
      second = await createZendeskWorld(server, { beside: world });
    });
    afterEach(async () => {
      await second.close();
    });

    it('has what each needs, and either can leave without regard to the other', async () => {
      expect(await ours()).toEqual({ webhooks: 2, triggers: 2, conditions: 2 });
      expect([(await look()).steps, (await look(second)).steps]).toEqual([[], []]);
      await leave(world);
      await look();
      expect(await ours()).toEqual({ webhooks: 1, triggers: 1, conditions: 1 });
      expect((await look(second)).steps).toEqual([]);
      await leave(second);
      await look(second);
      expect(await ours()).toEqual({ webhooks: 0, triggers: 0, conditions: 0 });
    });

    it('brings an answer to whose ticket it is, and to nobody else', async () => {
      const mine = await createConversation(world, 'Ann Lee');
      await say(world, mine, 'from the first');
      await settle(world);
      const theirs = await createConversation(second, 'Bob Ray');
      await say(second, theirs, 'from the second');
      await settle(second);
      for (const { id } of await world.tickets())
        await world.zendesk.act({ ticket: id, as: 'Ben', do: 'reply', text: `answer to ticket ${id}` });
      await world.webhooksDone();
      await settle(world, { forMs: 60_000 });
      await settle(second, { forMs: 60_000 });
      const [first, other] = await world.tickets();
      expect(await answers(world)).toEqual([expect.stringContaining(`answer to ticket ${first?.id}`)]);
      expect(await answers(second)).toEqual([expect.stringContaining(`answer to ticket ${other?.id}`)]);
    });
  });
});

async function answers({ db }: ZendeskWorld): Promise<readonly string[]> {
  const rows = await db.selectFrom('messages').select('content').where('role', '=', 'appMaker').execute();
  return rows.map(({ content }) => content.text ?? '');
}
