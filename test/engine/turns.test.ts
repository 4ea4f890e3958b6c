import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccountCall } from '../../activities/account-call.ts';
import { withAccount } from '../../activities/api.ts';
import type { BusinessSystem } from '../../activities/business-system.ts';
import type { HttpRequest } from '../../activities/http.ts';
import type { Slot } from '../../activities/limit-store.ts';
import { TurnLater, takeTurn } from '../../activities/turns.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { attemptOf, connectAccount, createWorld } from './support/world.ts';
import type { World } from './support/world.ts';

const INTERVAL_MS = 100;
const RATES = { api: { intervalMs: INTERVAL_MS, burst: 10 }, strict: { intervalMs: 1_000, burst: 1 } };
const system: BusinessSystem = { ...zendesk, budgetsOf: () => ({ account: RATES }) };
/** A strict call that is made within so long may have its slot of the general limit already. */
const SOON_MS = 2_000;
const READ: HttpRequest = { method: 'GET', url: 'http://127.0.0.1/', writes: false, timeoutMs: 1_000 };

describe('the turns of conversations that share an account', () => {
  let world: World;
  let call: AccountCall;
  beforeEach(async () => {
    world = await createWorld();
    const { account } = await connectAccount(world, system, { key: 'a', credentials: {} });
    const ports = { ...world.ports, http: () => Promise.resolve({ status: 200, headers: {}, text: '' }) };
    call = { ports, system, attempt: attemptOf(1), account: { id: account, key: 'a', data: {} } };
  });
  afterEach(async () => {
    await world.close();
  });

  /** Comes back when it is told to, with the slot that it was given. */
  interface Waiter {
    at: number;
    held: Slot | undefined;
  }

  /** Lets time pass until everyone has had so many turns, each asking again as soon as it has had one. @returns the ends. */
  async function turns(waiters: readonly Waiter[], each: number): Promise<readonly number[]> {
    const left = new Map(waiters.map((waiter) => [waiter, each]));
    const ends: number[] = [];
    while (left.size > 0) {
      const next = [...left.keys()].reduce((first, other) => (other.at < first.at ? other : first));
      world.clock.set(next.at);
      try {
        await takeTurn({ ...call, patienceMs: 0 }, [], next.held);
        next.held = undefined;
        const rest = (left.get(next) ?? 1) - 1;
        if (rest > 0) left.set(next, rest);
        else {
          left.delete(next);
          ends.push(world.clock.now());
        }
      } catch (error) {
        if (!(error instanceof TurnLater)) throw error;
        next.at = error.slot.at;
        next.held = error.slot;
      }
    }
    return ends;
  }

  const waiting = (count: number): Waiter[] => Array.from({ length: count }, () => ({ at: world.clock.now(), held: undefined }));

  it('come round fairly: of 1,000 that wait, the slowest waits at most twice its share', async () => {
    const began = world.clock.now();
    const ends = await turns(waiting(1_000), 3);
    const share = 1_000 * 3 * INTERVAL_MS;
    expect(Math.max(...ends) - began).toBeLessThanOrEqual(2 * share);
  }, 60_000);

  it('come round fairly after the account said no in their midst', async () => {
    const began = world.clock.now();
    const waiters = waiting(1_000);
    await turns(waiters.slice(0, 200), 1);
    await world.ports.limits.pause(call.account.id, 'api', world.clock.now() + MINUTE);
    const passing = async (): Promise<void> => {
      world.clock.advance(MINUTE);
      await takeTurn(call, []);
      await world.ports.limits.passed(call.account.id, ['api']);
    };
    for (const waiter of waiters) waiter.at = world.clock.now();
    for (const waiter of waiters.slice(200)) {
      const slot = await takeTurn({ ...call, patienceMs: 0 }, []).catch((error: unknown) => error);
      if (!(slot instanceof TurnLater)) throw new Error('nobody has a turn during a pause');
      Object.assign(waiter, { at: slot.slot.at, held: slot.slot });
    }
    await passing();
    const ends = await turns(waiters.slice(200), 1);
    expect(Math.max(...ends) - began).toBeLessThanOrEqual(2 * 1_000 * INTERVAL_MS + MINUTE);
  }, 60_000);

  it('end work that was begun, however many queue up meanwhile', async () => {
    await withAccount(call, async (api) => {
      await api.request(READ);
      for (let other = 0; other < 500; other += 1) await world.ports.limits.take(taking());
      const before = world.clock.now();
      await api.request(READ);
      expect(world.clock.now()).toBe(before);
    });
    await expect(withAccount(call, (api) => api.request(READ))).rejects.toThrow(TurnLater);
  });

  it('are kept in the midst of work where a limit is strict, and the slot serves on return', async () => {
    await world.ports.limits.take(taking('strict'));
    for (let other = 0; other < 4; other += 1) await world.ports.limits.take(taking('strict'));
    const work = (held?: Slot): Promise<unknown> =>
      withAccount({ ...call, held }, async (api) => {
        await api.request(READ);
        await api.request({ ...READ, scopes: ['strict'] });
      });
    const later: unknown = await work().catch((error: unknown) => error);
    if (!(later instanceof TurnLater)) throw new Error('the strict limit did not hold');
    world.clock.set(later.slot.at);
    const held = await takeTurn(call, [], later.slot);
    await withAccount({ ...call, slot: held }, async (api) => {
      await api.request(READ);
      await api.request({ ...READ, scopes: ['strict'] });
    });
    expect(world.clock.now()).toBe(later.slot.at);
  });

  it('in a strict limit keep no others from calling, and are exact, whoever else calls', async () => {
    const lanes = fc.array(fc.record({ strict: fc.boolean(), after: fc.integer({ min: 0, max: 300 }) }), {
      minLength: 30,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(lanes, async (drawn) => {
        world.clock.advance(10 * MINUTE);
        const began = world.clock.now();
        const made = await everyCall(drawn.map((lane) => ({ ...lane, at: began + lane.after, held: undefined })));
        const strict = made.filter((one) => one.strict).map(({ at }) => at);
        expect(strict.every((at, index) => index === 0 || at - (strict[index - 1] ?? 0) >= RATES.strict.intervalMs)).toBe(true);
        // Nobody waits for more than the general calls, and the strict ones that are made by then or soon.
        for (const { at, after } of made.filter((one) => !one.strict)) {
          const ahead = made.filter((other) => !other.strict || other.at <= at + SOON_MS).length;
          expect(at - began - after).toBeLessThanOrEqual(Math.max(ahead - RATES.api.burst, 0) * INTERVAL_MS);
        }
        // Each call counts in the general limit, at the time when it is made; a strict one does not queue up there once more.
        for (const [index, { at }] of made.entries()) {
          const window = made.slice(index).filter((other) => other.at < at + MINUTE);
          const most = MINUTE / INTERVAL_MS + RATES.api.burst + MINUTE / RATES.strict.intervalMs;
          expect(window.length).toBeLessThanOrEqual(most);
        }
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  interface Lane extends Waiter {
    readonly strict: boolean;
    readonly after: number;
  }

  /** Each makes one call, and comes back for it when it is told to. @returns the calls as they were made. */
  async function everyCall(lanes: readonly Lane[]): Promise<readonly Lane[]> {
    const left = new Set(lanes);
    const made: Lane[] = [];
    while (left.size > 0) {
      const next = [...left].reduce((first, other) => (other.at < first.at ? other : first));
      world.clock.set(next.at);
      try {
        await takeTurn({ ...call, patienceMs: 0 }, next.strict ? ['strict'] : [], next.held);
        left.delete(next);
        made.push({ ...next, at: world.clock.now() });
      } catch (error) {
        if (!(error instanceof TurnLater)) throw error;
        Object.assign(next, { at: error.slot.at, held: error.slot });
      }
    }
    return made;
  }

  describe('of work on the account itself', () => {
    it('come before those of conversations that queue up', async () => {
      for (let other = 0; other < 500; other += 1) await world.ports.limits.take(taking());
      const before = world.clock.now();
      await withAccount({ ...call, goesAhead: true }, (api) => api.request(READ));
      expect(world.clock.now() - before).toBeLessThanOrEqual(2_000);
    });

    it('are kept where a limit is strict', async () => {
      for (let other = 0; other < 5; other += 1) await world.ports.limits.take(taking('strict'));
      const before = world.clock.now();
      await withAccount({ ...call, goesAhead: true }, (api) => api.request({ ...READ, scopes: ['strict'] }));
      expect(world.clock.now() - before).toBe(5_000);
    });

    it('do not come while the account is left alone', async () => {
      await world.ports.limits.pause(call.account.id, 'api', world.clock.now() + MINUTE);
      await expect(withAccount({ ...call, goesAhead: true }, (api) => api.request(READ))).rejects.toThrow(TurnLater);
    });
  });

  const taking = (...scopes: readonly string[]) => ({
    account: call.account.id,
    scopes: ['api', ...scopes],
    rates: RATES,
    now: world.clock.now(),
  });
});
