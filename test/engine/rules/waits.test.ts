import { beforeEach, describe, expect, it } from 'vitest';
import { Unavailable } from '../../../activities/system-error.ts';
import type { Ports } from '../../../activities/ports.ts';
import { putGrant } from '../../../src/db/accounts/grants.ts';
import { json } from '../../../src/db/db.ts';
import { sweepLanes } from '../../../src/db/sweep/lanes.ts';
import { HOUR, MINUTE, SECOND } from '../../../src/domain/time.ts';
import { pausingPorts } from '../support/dying-ports.ts';
import { runRound } from '../support/world.ts';
import type { ZendeskWorld } from '../support/zendesk-world.ts';
import { comments, deskForEach, fault, lane, ledger, park, repair, round, swept, tell } from './desk.ts';

describe('the rules of waiting, parking and sweeping', () => {
  const desk = deskForEach();
  let world: ZendeskWorld;
  beforeEach(() => {
    ({ world } = desk());
  });

  describe('R7 waits', () => {
    it('are written down by the last attempt of whatever fails, and honoured by any other round', async () => {
      await tell('one');
      const began = world.clock.now();
      const down: Ports = { ...world.ports, http: () => Promise.reject(new Unavailable('Zendesk cannot be reached')) };
      const result = await runRound(world, lane(), () => down);
      expect(result).toMatchObject({ why: { kind: 'unavailable', said: 'Zendesk cannot be reached' } });
      expect((result?.until ?? 0) - began).toBeGreaterThanOrEqual(2 * MINUTE);
      await tell('two');
      expect(await round()).toMatchObject({ summary: 'still waiting', until: result?.until });
      expect(await comments()).toEqual([]);
    });

    it('keep their turn at the account’s limits, whoever asks meanwhile', async () => {
      await tell('one');
      const until = world.clock.now() + 10 * MINUTE;
      const slot = { at: until, scopes: ['api'], probes: false, isPaused: false };
      await world.db
        .updateTable('lanes')
        .set({ until, why: json({ kind: 'turn' }), slot: json(slot) })
        .execute();
      const kept = () =>
        world.db.selectFrom('lanes').select('slot').where('destination_id', '=', lane().destination).executeTakeFirst();
      expect(await round()).toMatchObject({ summary: 'still waiting' });
      expect(await kept()).toEqual({ slot });
      world.clock.set(until);
      await round();
      expect([await comments(), await kept()]).toEqual([['one'], { slot: null }]);
    });

    it('grow to one hour while a system is down', async () => {
      await tell('one');
      const down: Ports = { ...world.ports, http: () => Promise.reject(new Unavailable('Zendesk cannot be reached')) };
      const waits: number[] = [];
      const reasons = new Set<string | undefined>();
      for (let outage = 0; outage < 12; outage += 1) {
        const result = await runRound(world, lane(), () => down);
        waits.push(((result?.until ?? 0) - world.clock.now()) / MINUTE);
        reasons.add(result?.why?.kind);
        world.clock.set(result?.until ?? 0);
      }
      const [first, ...later] = waits;
      expect(first).toBe(2);
      expect(later).toEqual(later.toSorted((a, b) => a - b));
      expect(later.at(-1)).toBeCloseTo(60, 0);
      expect([...reasons]).toEqual(['unavailable', 'resting']);
    });
  });

  describe('R8 parking', () => {
    it('holds what is the destination’s at the generation that failed, and not a repaired one', async () => {
      await tell('one');
      await putGrant(
        world.db,
        world.vault,
        world.connection.account,
        { credentials: { accessToken: 'revoked' } },
        world.clock.now(),
      );
      const before = pausingPorts(world.ports, { method: 'rounds.close', nth: 1 }, 'before');
      const slow = round({ ports: before.ports });
      await before.reached;
      await repair();
      before.resume();
      expect(await slow).toMatchObject({ behind: expect.any(Number) });
      expect(await round()).not.toHaveProperty('parked');
      expect(await comments()).toEqual(['one']);
    });

    it('keeps messages waiting, and every bell asks again', async () => {
      await park();
      await tell('one');
      expect(await round()).toMatchObject({ parked: 'out of order' });
      expect(await ledger()).toEqual(['waiting']);
      await repair();
      await round();
      expect(await ledger()).toEqual(['delivered']);
    });
  });

  describe('R9 the sweep', () => {
    it('rings what no bell got through for, after two seconds, and again after two more', async () => {
      await tell('one');
      expect(await swept()).toBe(0);
      world.clock.advance(2 * SECOND);
      expect(await swept()).toBe(1);
      expect(await swept()).toBe(0);
      world.clock.advance(2 * SECOND);
      expect(await swept()).toBe(1);
    });

    it('rings what was rung and is not delivered, after a minute', async () => {
      await tell('one');
      await world.db.updateTable('lanes').set({ heard_seq: 1 }).execute();
      world.clock.advance(59 * SECOND);
      expect(await swept()).toBe(0);
      world.clock.advance(SECOND);
      expect(await swept()).toBe(1);
    });

    it('leaves alone what waits for a reason, and rings it when the wait is long over', async () => {
      await tell('one');
      await fault('limit');
      await round();
      const { until } = await world.db.selectFrom('lanes').select('until').executeTakeFirstOrThrow();
      world.clock.set((until ?? 0) - 1);
      expect(await swept()).toBe(0);
      world.clock.advance(2 * SECOND);
      expect(await swept()).toBe(1);
    });

    it('leaves a parked destination alone, and rings it after its repair', async () => {
      await tell('one');
      await park();
      await round();
      world.clock.advance(HOUR);
      expect(await swept()).toBe(0);
      await repair();
      expect(await swept()).toBe(1);
    });

    it('rings a repaired destination’s lanes at once, with a pause', async () => {
      await tell('one');
      await park();
      await round();
      await world.db.updateTable('lanes').set({ heard_seq: 1, swept_at: world.clock.now() }).execute();
      await repair();
      expect(await swept()).toBe(0);
      world.clock.advance(10 * SECOND);
      expect(await swept()).toBe(1);
      expect(await swept()).toBe(0);
    });

    it('brings the time of the oldest message', async () => {
      const { acceptedAt } = await tell('one');
      world.clock.advance(3 * SECOND);
      await tell('two');
      expect(await sweepLanes(world.db, world.clock.now(), 10)).toMatchObject([{ since: acceptedAt }]);
    });

    it('is not doubled by two processes that sweep at once', async () => {
      await tell('one');
      world.clock.advance(3 * SECOND);
      const [a, b] = await Promise.all([
        sweepLanes(world.db, world.clock.now(), 10),
        sweepLanes(world.db, world.clock.now(), 10),
      ]);
      expect(a.length + b.length).toBe(1);
    });
  });
});
