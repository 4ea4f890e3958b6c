import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ports } from '../../activities/ports.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { dyingPorts, Killed } from '../engine/support/dying-ports.ts';
import { createZendeskWorld, install, startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer, ZendeskWorld } from '../engine/support/zendesk-world.ts';
import { connect, leave, statusesOf } from './support/account.ts';
import { adminOf, mailing, SPARED } from './support/admin.ts';
import type { Admin, RawTrigger } from './support/admin.ts';

const MAILS = 'Notify requester of new proactive ticket';
/** Calls after which the world is another than before. */
const CHANGES = /^(http|accounts\.(learn|keep|compared|reconciled|progress))$/;

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

  /** Which calls of a whole run are worth dying at. */
  async function momentsOf(work: (ports: Ports) => Promise<unknown>): Promise<readonly number[]> {
    const watched = dyingPorts(world.ports, 0, 'before');
    await work(watched.ports);
    return watched.calls.flatMap((name, index) => (CHANGES.test(name) ? [index + 1] : []));
  }

  /** Dies before the n-th call, which is after all that came before it, and is finished by another process. */
  async function dieBefore(n: number): Promise<void> {
    const dying = dyingPorts(world.ports, n, 'before');
    await expect(look(dying.ports), `call ${n}`).rejects.toThrow(Killed);
    await look();
    // The account takes so many calls in a minute.
    world.clock.advance(MINUTE);
  }

  it('is finished by whoever comes next, and nothing is there twice', async () => {
    const before = await others();
    await connect(world);
    const moments = await momentsOf(look);
    await leave(world);
    await look();
    expect(moments.length).toBeGreaterThan(15);
    for (const n of moments) {
      await connect(world);
      await dieBefore(n);
      expect([(await admin.webhooks()).length, await ownTriggers()], `call ${n}`).toEqual([1, 1]);
      const spared = (await admin.trigger(MAILS)).conditions.all.filter((one) => JSON.stringify(one) === JSON.stringify(SPARED));
      expect(spared, `call ${n}`).toHaveLength(1);
      await leave(world);
      await look();
      expect([await others(), await admin.webhooks(), await ownTriggers()], `call ${n}`).toEqual([before, [], 0]);
    }
  }, 300_000);

  it('leaves nothing behind when it was to be removed', async () => {
    const before = await others();
    await connect(world);
    await look();
    await leave(world);
    const moments = await momentsOf(look);
    expect(moments.length).toBeGreaterThan(10);
    for (const n of moments) {
      await connect(world);
      await look();
      await leave(world);
      await dieBefore(n);
      expect([await others(), await admin.webhooks(), await ownTriggers()], `call ${n}`).toEqual([before, [], 0]);
      expect(await statusesOf(world)).toEqual(['removed']);
    }
  }, 300_000);
});
