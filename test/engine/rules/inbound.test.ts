import { beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../../../activities/collect.ts';
import { zendesk } from '../../../activities/zendesk/index.ts';
import { sweepThreads } from '../../../src/db/sweep/threads.ts';
import { SECOND } from '../../../src/domain/time.ts';
import { pausingPorts } from '../support/dying-ports.ts';
import { attemptOf, settle } from '../support/world.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import type { ZendeskWorld } from '../support/zendesk-world.ts';
import { answers, comments, deskForEach, events, lostRequests, makeAgent, notice, opened, reply, round, tell } from './desk.ts';

describe('the rules of what comes in', () => {
  const desk = deskForEach();
  let world: ZendeskWorld;
  let conversation: ConversationId;
  beforeEach(() => {
    ({ world, conversation } = desk());
  });

  describe('R11 dirty threads', () => {
    it('stay dirty when they become so again while they are fetched', async () => {
      const { ticket, thread } = await opened();
      await reply(ticket, 'one answer');
      await notice(ticket);
      const fetching = pausingPorts(world.ports, { method: 'threads.accept', nth: 1 }, 'before');
      const slow = collect(fetching.ports, zendesk, { conversation, thread }, attemptOf(1));
      await fetching.reached;
      await reply(ticket, 'another answer');
      await notice(ticket);
      fetching.resume();
      await slow;
      await settle(world);
      expect(await answers()).toEqual(['one answer', 'another answer']);
    });

    it('are rung by the sweep when nobody fetches them', async () => {
      const { ticket, thread } = await opened();
      await reply(ticket, 'an answer');
      await notice(ticket);
      expect(await sweepThreads(world.db, world.clock.now(), 10)).toEqual([]);
      world.clock.advance(5 * SECOND);
      expect(await sweepThreads(world.db, world.clock.now(), 10)).toMatchObject([{ thread }]);
    });
  });

  describe('R12 echoes', () => {
    it('of what we wrote are dropped without a bell', async () => {
      const { ticket } = await opened();
      expect(await notice(ticket)).toMatchObject({ threads: [] });
    });

    it('are held while we may not know yet that we wrote them, and dropped when we do', async () => {
      const { ticket } = await opened();
      await tell('two');
      const writing = pausingPorts(world.ports, { method: 'rounds.finish', nth: 1 }, 'before');
      const slow = round({ ports: writing.ports });
      await writing.reached;
      expect(await notice(ticket)).toMatchObject({ threads: [] });
      writing.resume();
      expect(await slow).not.toHaveProperty('collect');
      expect(await events()).toEqual(['dropped']);
    });

    it('that are an agent’s are fetched when the batch closes', async () => {
      const { ticket } = await opened();
      await tell('two');
      const writing = pausingPorts(world.ports, { method: 'rounds.finish', nth: 1 }, 'before');
      const slow = round({ ports: writing.ports });
      await writing.reached;
      await reply(ticket, 'an answer');
      expect(await notice(ticket)).toMatchObject({ threads: [] });
      writing.resume();
      expect(await slow).toMatchObject({ collect: [{ label: `ticket ${ticket}` }] });
    });
  });

  describe('R13 collect', () => {
    it('takes nothing while a write of ours is undecided, and leaves the thread dirty', async () => {
      const { ticket, thread } = await opened();
      await tell('two');
      await round({ ports: lostRequests() });
      await reply(ticket, 'an answer');
      await notice(ticket);
      await collect(world.ports, zendesk, { conversation, thread }, attemptOf(1));
      expect(await answers()).toEqual([]);
      await settle(world);
      expect(await answers()).toEqual(['an answer']);
      expect(await comments()).toEqual(['one', 'two']);
    });

    it.each(['before', 'after'] as const)(
      'never takes our own write for a reply, when it was sent %s the collect began',
      async (when) => {
        const { thread } = await opened();
        await tell('two');
        const fetching = pausingPorts(world.ports, { method: 'http', nth: 1 }, 'before');
        const writing = pausingPorts(world.ports, { method: 'rounds.finish', nth: 1 }, 'before');
        const write = async (): Promise<{ readonly slow: Promise<unknown> }> => {
          const slow = round({ ports: writing.ports });
          await writing.reached;
          // Whoever wrote it, an agent's name is on it now: only its id tells.
          const [person] = await world.db.selectFrom('people').selectAll().execute();
          await makeAgent(person?.remote_id ?? '');
          return { slow };
        };
        const collecting = (): Promise<unknown> => collect(fetching.ports, zendesk, { conversation, thread }, attemptOf(1));
        if (when === 'before') {
          const { slow } = await write();
          const fetched = collecting();
          fetching.resume();
          await fetched;
          writing.resume();
          await slow;
        } else {
          const fetched = collecting();
          await fetching.reached;
          const { slow } = await write();
          fetching.resume();
          await fetched;
          writing.resume();
          await slow;
        }
        await settle(world);
        expect(await answers()).toEqual([]);
      },
    );

    it('tells of the lanes that are behind, also when another attempt took the replies', async () => {
      const { ticket, thread } = await opened();
      await tell('two');
      await reply(ticket, 'an answer');
      const first = await collect(world.ports, zendesk, { conversation, thread }, attemptOf(1));
      const again = await collect(world.ports, zendesk, { conversation, thread }, attemptOf(2));
      expect(first.behind).toHaveLength(1);
      expect(again.behind).toEqual(first.behind);
    });
  });
});
