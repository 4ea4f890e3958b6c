import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { zendesk } from '../../activities/zendesk/index.ts';
import type { AccountId } from '../../src/domain/ids.ts';
import { connectAccount, createWorld } from '../engine/support/world.ts';
import type { World } from '../engine/support/world.ts';

const RATES = {
  api: { intervalMs: 1_000, burst: 3 },
  users: { intervalMs: 5_000, burst: 1 },
  'room:': { intervalMs: 4_000, burst: 1 },
};

describe('the limits of an account', () => {
  let world: World;
  let account: AccountId;
  beforeEach(async () => {
    world = await createWorld();
    ({ account } = await connectAccount(world, zendesk, { key: 'a', credentials: {} }));
  });
  afterEach(async () => {
    await world.close();
  });

  /** How far away the next slot is, in milliseconds. */
  const take = async (...scopes: readonly string[]): Promise<number> => {
    const now = world.clock.now();
    return (await world.ports.limits.take({ account, scopes: ['api', ...scopes], rates: RATES, now })).at - now;
  };

  const isGood = (): Promise<boolean> => world.ports.limits.isGood(account, ['api']);

  /** A call that was begun some time ago is given up. */
  const miss = (agoMs = 0): Promise<void> => {
    const now = world.clock.now();
    return world.ports.limits.missed({ account, scopes: ['api'], began: now - agoMs, now });
  };

  it('give what is free at once, and then one slot after the other', async () => {
    expect([await take(), await take(), await take(), await take(), await take()]).toEqual([0, 0, 0, 1_000, 2_000]);
  });

  it('pace each of many things of one kind on its own', async () => {
    const taken = [await take('room:a'), await take('room:b'), await take('room:a')];
    expect(taken).toEqual([0, 0, 4_000]);
  });

  it('become free again as time passes', async () => {
    for (let slot = 0; slot < 3; slot += 1) await take();
    world.clock.advance(2_000);
    expect([await take(), await take(), await take()]).toEqual([0, 0, 1_000]);
  });

  it('are the stricter of two where a call falls under both', async () => {
    expect(await take('users')).toBe(0);
    expect(await take('users')).toBe(5_000);
    expect(await take()).toBe(0);
  });

  it('keep calls apart in a strict one also where they had to queue up for a faster one first', async () => {
    for (let call = 0; call < 8; call += 1) await take();
    expect([await take('room:a'), await take('room:a')]).toEqual([6_000, 10_000]);
  });

  it('leave a fast one alone until a strict one is near, and say so', async () => {
    const now = world.clock.now();
    const ask = (scopes: readonly string[]) => world.ports.limits.take({ account, scopes, rates: RATES, now });
    for (let call = 0; call < 20; call += 1) await ask(['api', 'users']);
    expect(await ask(['users', 'api'])).toMatchObject({ at: now + 100_000, scopes: ['users'], later: ['api'] });
    expect(await ask(['api'])).toMatchObject({ at: now, scopes: ['api'], later: [] });
    expect(await ask(['room:a', 'api'])).toMatchObject({ at: now, scopes: ['api', 'room:a'], later: [] });
  });

  it('do not lock one another for good, whichever of them is the faster meanwhile', async () => {
    await take('users');
    world.clock.advance(10_000);
    const now = world.clock.now();
    const ask = (rates: typeof RATES) => world.ports.limits.take({ account, scopes: ['api', 'users'], rates, now });
    const asked = await world.db.transaction().execute(async (tx) => {
      await tx.selectFrom('account_limits').select('next_at').where('scope', '=', 'users').forUpdate().execute();
      const first = ask({ ...RATES, users: { intervalMs: 10, burst: 1 } });
      await expect.poll(waiting).toBe(1);
      const second = ask(RATES);
      await expect.poll(waiting).toBe(2);
      return [first, second];
    });
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  });

  /** How many wait for locks of others. */
  async function waiting(): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(world.db);
    return rows[0]?.count ?? 0;
  }

  it('hand each slot to one only, however many ask at once', async () => {
    const slots = await Promise.all(Array.from({ length: 40 }, () => take()));
    expect(slots.toSorted((a, b) => a - b)).toEqual([0, 0, ...Array.from({ length: 38 }, (_, index) => index * 1_000)]);
  });

  it('let nobody call before a pause is over, and then one at a time until one comes through', async () => {
    await world.ports.limits.pause(account, 'api', world.clock.now() + 60_000);
    expect([await take(), await take(), await take()]).toEqual([60_000, 61_000, 62_000]);
    expect(await isGood()).toBe(false);
    world.clock.advance(60_000);
    expect(await take()).toBe(0);
    expect(await take()).toBe(15_000);
    world.clock.advance(15_000);
    expect(await take()).toBe(0);
    await world.ports.limits.passed(account, ['api']);
    expect(await isGood()).toBe(true);
  });

  it('keep the turns of those who queued up during a pause', async () => {
    await world.ports.limits.pause(account, 'api', world.clock.now() + 60_000);
    for (let slot = 0; slot < 100; slot += 1) await take();
    world.clock.advance(60_000);
    await take();
    await world.ports.limits.passed(account, ['api']);
    expect(await take()).toBeCloseTo(100_000, -4);
  });

  it('leave an account alone after a run of calls that nobody answered, and then probe it', async () => {
    await take();
    for (let call = 0; call < 4; call += 1) await miss();
    expect(await take()).toBe(0);
    await world.ports.limits.passed(account, ['api']);
    for (let call = 0; call < 4; call += 1) await miss();
    expect(await take()).toBeLessThan(2_000);
    await miss();
    expect([await take(), await take()]).toEqual([15_000, 16_000]);
    world.clock.advance(15_000);
    expect(await take()).toBe(0);
    await miss();
    expect(await take()).toBe(30_000);
  });

  it('are not paused for longer by calls that were under way when the pause began', async () => {
    await take();
    for (let call = 0; call < 50; call += 1) await miss(10_000);
    expect(await take()).toBe(15_000);
  });

  it('say of a slot whether it is a probe', async () => {
    const now = world.clock.now();
    const ask = { account, scopes: ['api'], rates: RATES, now };
    expect((await world.ports.limits.take(ask)).probes).toBe(false);
    await world.ports.limits.pause(account, 'api', now);
    expect(await world.ports.limits.take(ask)).toMatchObject({ probes: true, isPaused: false });
    expect(await world.ports.limits.take(ask)).toMatchObject({ probes: false, isPaused: true });
  });

  it('are nobody else’s', async () => {
    const other = await connectAccount(world, zendesk, { key: 'b', credentials: {} });
    await world.ports.limits.pause(account, 'api', world.clock.now() + 60_000);
    const now = world.clock.now();
    expect((await world.ports.limits.take({ account: other.account, scopes: ['api'], rates: RATES, now })).at).toBe(now);
  });
});
