import { beforeEach, describe, expect, it } from 'vitest';
import { OutcomeUnknown } from '../../../activities/system-error.ts';
import type { HttpRequest } from '../../../activities/http.ts';
import type { Ports } from '../../../activities/ports.ts';
import { newId } from '../../../src/db/new-id.ts';
import { sweepLanes } from '../../../src/db/sweep/lanes.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { HOUR, MINUTE, SECOND } from '../../../src/domain/time.ts';
import { pausingPorts } from '../support/dying-ports.ts';
import { settle } from '../support/world.ts';
import type { ZendeskWorld } from '../support/zendesk-world.ts';
import { comments, deskForEach, fault, ledger, lostRequests, opened, park, round, tell } from './desk.ts';

describe('the rules of rounds', () => {
  const desk = deskForEach();
  let world: ZendeskWorld;
  beforeEach(() => {
    ({ world } = desk());
  });

  describe('R1 bells', () => {
    it('ring once for what is said together, and again for what is said after a round has looked', async () => {
      expect((await tell('one')).rung).toHaveLength(1);
      expect((await tell('two')).rung).toEqual([]);
      await round();
      expect((await tell('three')).rung).toHaveLength(1);
      expect((await tell('four')).rung).toEqual([]);
    });

    it('ring again after a round that found nothing, and after one that found the destination parked', async () => {
      await tell('one');
      await round();
      await round();
      expect((await tell('two')).rung).toHaveLength(1);
      await park();
      await round();
      expect((await tell('three')).rung).toHaveLength(1);
    });

    it('ring for what is said while a round is under way', async () => {
      await tell('one');
      const slow = pausingPorts(world.ports, 3, 'before');
      const under = round({ ports: slow.ports });
      await slow.reached;
      expect((await tell('two')).rung).toHaveLength(1);
      slow.resume();
      expect(await under).toMatchObject({ behind: expect.any(Number) });
    });
  });

  describe('R3 one open batch', () => {
    it('is continued by whichever round comes, and nothing new is frozen beside it', async () => {
      await tell('one');
      await round({ ports: lostRequests() });
      await tell('two');
      expect(await round()).toMatchObject({ why: { kind: 'undecided' } });
      expect(await ledger()).toEqual(['sending', 'waiting']);
      world.clock.advance(MINUTE);
      await round();
      expect(await comments()).toEqual(['one']);
      expect(await ledger()).toEqual(['delivered', 'waiting']);
    });

    it('is not claimed to be behind by a round that can freeze nothing', async () => {
      await tell('from the owner', 'appMaker');
      expect(await round()).toEqual({ summary: expect.any(String), awaitsUser: true });
      world.clock.advance(HOUR);
      expect(await sweepLanes(world.db, world.clock.now(), 10)).toEqual([]);
    });
  });

  describe('R4 claims', () => {
    it('are lost by whoever saw an older state, and the write is made once', async () => {
      await opened();
      await tell('two');
      const id = newId<ConversationId>();
      const first = pausingPorts(world.ports, { method: 'rounds.claim', nth: 1 }, 'before');
      const slow = round({ ports: first.ports, id });
      await first.reached;
      const second = pausingPorts(world.ports, { method: 'rounds.claim', nth: 1 }, 'after');
      const other = round({ ports: second.ports, id });
      await second.reached;
      first.resume();
      expect(await slow).toMatchObject({ why: { kind: 'undecided' } });
      second.resume();
      await other;
      expect(await comments()).toEqual(['one', 'two']);
    });

    it('start nothing when they come too late', async () => {
      await tell('one');
      const late = pausingPorts(world.ports, { method: 'rounds.claim', nth: 2 }, 'after');
      const slow = round({ ports: late.ports });
      await late.reached;
      await world.zendesk.clearRequests();
      world.clock.advance(6 * SECOND);
      late.resume();
      await slow.catch(() => undefined);
      expect((await world.zendesk.requests()).filter(({ method }) => method === 'POST')).toEqual([]);
    });
  });

  describe('R5 unknown outcomes', () => {
    it('are not repeated before the request can no longer arrive, and not at all when it arrived', async () => {
      await tell('one');
      const held: HttpRequest[] = [];
      const slowNetwork: Ports = {
        ...world.ports,
        http: async (request, signal) => {
          if (!request.url.endsWith('/tickets') || !request.writes) return await world.ports.http(request, signal);
          held.push(request);
          throw new OutcomeUnknown('no answer');
        },
      };
      const first = await round({ ports: slowNetwork });
      expect(first).toMatchObject({ why: { kind: 'undecided' }, until: world.clock.now() + 45 * SECOND });
      world.clock.advance(14 * SECOND);
      expect(await round()).toMatchObject({ why: { kind: 'undecided' } });
      for (const request of held) await world.ports.http(request);
      world.clock.advance(32 * SECOND);
      await round();
      expect(await comments()).toEqual(['one']);
      expect(await ledger()).toEqual(['delivered']);
    });

    it('are repeated after that when nothing is found', async () => {
      await tell('one');
      await round({ ports: lostRequests() });
      world.clock.advance(44 * SECOND);
      await round();
      expect(await comments()).toEqual([]);
      world.clock.advance(2 * SECOND);
      await round();
      expect(await comments()).toEqual(['one']);
    });
  });

  describe('R6 returning a message', () => {
    it('voids its writes: whoever still holds one cannot make it', async () => {
      await tell('one');
      const held = pausingPorts(world.ports, { method: 'rounds.claim', nth: 2 }, 'before');
      const slow = round({ ports: held.ports });
      await held.reached;
      await fault('limit');
      await round();
      await tell('two');
      held.resume();
      await slow;
      await settle(world);
      expect(await comments()).toEqual(['one', 'two']);
      expect(await world.tickets()).toHaveLength(1);
    });

    it('leaves in the open batch what was sent, and only that', async () => {
      await opened();
      await tell(`two ${'x'.repeat(40_000)}`);
      await tell(`three ${'x'.repeat(40_000)}`);
      await round({ ports: lostRequests() });
      expect(await ledger()).toEqual(['delivered', 'sending', 'waiting']);
      await settle(world);
      expect((await comments()).map((text) => text.split(' ')[0])).toEqual(['one', 'two', 'three']);
    });
  });
});
