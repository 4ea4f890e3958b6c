import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ports } from '../../activities/ports.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { CHANGES, dyingPorts, Killed } from '../engine/support/dying-ports.ts';
import { createZendeskWorld, install, startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer, ZendeskWorld } from '../engine/support/zendesk-world.ts';
import { connect, leave, statusesOf } from './support/account.ts';
import { adminOf, mailing, SPARED } from './support/admin.ts';
import type { Admin, RawTrigger } from './support/admin.ts';

const MAILS = 'Notify requester of new proactive ticket';
describe('setting up a Zendesk, killed before any call that changes something', () => {
  let server: SandboxServer;
  let world: ZendeskWorld;
  let admin: Admin;
  beforeAll(async () => {
    server = await startSandbox();
    world = await createZendeskWorld(server);
    admin = adminOf(world.zendesk);
    await leave(world);
    await look();
    // One to patch and one that has the condition already will do.
    for (const { title } of await admin.triggers())
      if (title !== MAILS) await admin.changeTrigger(title, () => ({ active: false }));
    await admin.createTrigger(mailing('Spared before', { conditions: { all: [SPARED], any: [] } }));
  });
  afterAll(async () => {
    await world.close();
    await server.close();
  });

  const look = (ports: Ports = world.ports) => install({ ports }, world.zendesk.subdomain);

  /** What there is besides our webhook, our trigger and their ids. */
  const others = async (): Promise<readonly Pick<RawTrigger, 'title' | 'conditions' | 'actions'>[]> =>
    (await admin.triggers())
      .filter(({ title }) => !title.startsWith('Deskbridge'))
      .map(({ title, conditions, actions }) => ({ title, conditions, actions }));
  const ownTriggers = async (): Promise<number> =>
    (await admin.triggers()).filter(({ title }) => title.startsWith('Deskbridge')).length;

  /** Dies before the n-th call that changes something, which is after all that came before it. @returns whether it came to that. */
  async function dieBefore(n: number): Promise<boolean> {
    const dying = dyingPorts(world.ports, n, 'before', CHANGES);
    const end: unknown = await look(dying.ports).catch((error: unknown) => error);
    expect(end instanceof Killed, `killed before change ${n}`).toBe(dying.hasDied());
    // Another process finishes it. The account takes so many calls in a minute.
    await look();
    world.clock.advance(MINUTE);
    return dying.hasDied();
  }

  it('is finished by whoever comes next, and nothing is there twice', async () => {
    const before = await others();
    for (let n = 1; ; n += 1) {
      await connect(world);
      const hasDied = await dieBefore(n);
      expect([(await admin.webhooks()).length, await ownTriggers()], `change ${n}`).toEqual([1, 1]);
      const spared = (await admin.trigger(MAILS)).conditions.all.filter((one) => JSON.stringify(one) === JSON.stringify(SPARED));
      expect(spared, `change ${n}`).toHaveLength(1);
      await leave(world);
      await look();
      expect([await others(), await admin.webhooks(), await ownTriggers()], `change ${n}`).toEqual([before, [], 0]);
      if (!hasDied) return expect(n).toBeGreaterThan(15);
    }
  }, 300_000);

  it('leaves nothing behind when it was to be removed', async () => {
    const before = await others();
    for (let n = 1; ; n += 1) {
      await connect(world);
      await look();
      await leave(world);
      const hasDied = await dieBefore(n);
      expect([await others(), await admin.webhooks(), await ownTriggers()], `change ${n}`).toEqual([before, [], 0]);
      expect(await statusesOf(world)).toEqual(['removed']);
      expect(await world.db.selectFrom('grants').select('version').execute(), `change ${n}`).toEqual([]);
      if (!hasDied) return expect(n).toBeGreaterThan(10);
    }
  }, 300_000);
});
