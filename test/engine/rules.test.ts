import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../../activities/collect.ts';
import { deliver } from '../../activities/deliver.ts';
import { OutcomeUnknown, Unavailable } from '../../activities/system-error.ts';
import type { Ports } from '../../activities/ports.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { putGrant } from '../../src/db/accounts/grants.ts';
import { receiveInbound } from '../../src/db/inbound/receive.ts';
import { newId } from '../../src/db/new-id.ts';
import { sweepLanes } from '../../src/db/sweep/lanes.ts';
import { sweepThreads } from '../../src/db/sweep/threads.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.ts';
import { pausingPorts } from './support/dying-ports.ts';
import { attemptOf, createConversation, deliveriesOf, runRound, say, settle } from './support/world.ts';
import { createZendeskWorld, startSandbox } from './support/zendesk-world.ts';
import type { SandboxServer, ZendeskWorld } from './support/zendesk-world.ts';

/** The rules of delivery that hold between PostgreSQL, rounds and collects. R2 and R10 are the workflow's and stand with it. */
describe('the rules of delivery', () => {
  let server: SandboxServer;
  let world: ZendeskWorld;
  let conversation: ConversationId;
  beforeAll(async () => {
    server = await startSandbox();
  });
  afterAll(async () => {
    await server.close();
  });
  beforeEach(async () => {
    world = await createZendeskWorld(server, { install: false });
    await world.zendesk.set({ signatures: false });
    conversation = await createConversation(world);
  });
  afterEach(async () => {
    await world.close();
  });

  describe('R1 bells', () => {
    it('ring once for what is said together, and again for what is said after a round has looked', async () => {
      expect((await say(world, conversation, 'one')).rung).toHaveLength(1);
      expect((await say(world, conversation, 'two')).rung).toEqual([]);
      await round();
      expect((await say(world, conversation, 'three')).rung).toHaveLength(1);
      expect((await say(world, conversation, 'four')).rung).toEqual([]);
    });

    it('ring again after a round that found nothing, and after one that found the destination parked', async () => {
      await say(world, conversation, 'one');
      await round();
      await round();
      expect((await say(world, conversation, 'two')).rung).toHaveLength(1);
      await park();
      await round();
      expect((await say(world, conversation, 'three')).rung).toHaveLength(1);
    });

    it('ring for what is said while a round is under way', async () => {
      await say(world, conversation, 'one');
      const slow = pausingPorts(world.ports, 3, 'before');
      const under = round({ ports: slow.ports });
      await slow.reached;
      expect((await say(world, conversation, 'two')).rung).toHaveLength(1);
      slow.resume();
      expect(await under).toMatchObject({ behind: expect.any(Number) });
    });
  });

  describe('R3 one open batch', () => {
    it('is continued by whichever round comes, and nothing new is frozen beside it', async () => {
      await say(world, conversation, 'one');
      await round({ ports: lostRequests() });
      await say(world, conversation, 'two');
      expect(await round()).toMatchObject({ why: { kind: 'undecided' } });
      expect(await ledger()).toEqual(['sending', 'waiting']);
      world.clock.advance(MINUTE);
      await round();
      expect(await comments()).toEqual(['one']);
      expect(await ledger()).toEqual(['delivered', 'waiting']);
    });

    it('is not claimed to be behind by a round that can freeze nothing', async () => {
      await say(world, conversation, 'from the owner', 'appMaker');
      expect(await round()).toEqual({ summary: expect.any(String), awaitsUser: true });
      world.clock.advance(HOUR);
      expect(await sweepLanes(world.db, world.clock.now(), 10)).toEqual([]);
    });
  });

  describe('R4 claims', () => {
    it('are lost by whoever saw an older state, and the write is made once', async () => {
      await say(world, conversation, 'one');
      const id = newId<ConversationId>();
      const claimed = pausingPorts(world.ports, { method: 'rounds.claim', nth: 2 }, 'before');
      const slow = round({ ports: claimed.ports, id });
      await claimed.reached;
      await round({ id });
      claimed.resume();
      await slow;
      expect(await comments()).toEqual(['one']);
    });

    it('start nothing when they come too late', async () => {
      await say(world, conversation, 'one');
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
      await say(world, conversation, 'one');
      let send = (): Promise<unknown> => Promise.resolve();
      const slowNetwork: Ports = {
        ...world.ports,
        http: async (request, signal) => {
          if (!request.url.endsWith('/tickets') || !request.writes) return await world.ports.http(request, signal);
          send = () => world.ports.http(request);
          throw new OutcomeUnknown('no answer');
        },
      };
      const first = await round({ ports: slowNetwork });
      expect(first).toMatchObject({ why: { kind: 'undecided' }, until: world.clock.now() + 45 * SECOND });
      world.clock.advance(14 * SECOND);
      expect(await round()).toMatchObject({ why: { kind: 'undecided' } });
      await send();
      world.clock.advance(32 * SECOND);
      await round();
      expect(await comments()).toEqual(['one']);
      expect(await ledger()).toEqual(['delivered']);
    });

    it('are repeated after that when nothing is found', async () => {
      await say(world, conversation, 'one');
      await round({ ports: lostRequests() });
      world.clock.advance(44 * SECOND);
      await round();
      expect(await comments()).toEqual([]);
      world.clock.advance(2 * SECOND);
      await round();
      expect(await comments()).toEqual(['one']);
    });
  });

  it('R6 returning a message voids its writes: whoever still holds one cannot make it', async () => {
    await say(world, conversation, 'one');
    const held = pausingPorts(world.ports, { method: 'rounds.claim', nth: 2 }, 'before');
    const slow = round({ ports: held.ports });
    await held.reached;
    await fault('limit');
    await round();
    await say(world, conversation, 'two');
    held.resume();
    await slow;
    await settle(world);
    expect(await comments()).toEqual(['one', 'two']);
    expect(await world.tickets()).toHaveLength(1);
  });

  describe('R7 waits', () => {
    it('are written down by the last attempt of whatever fails, and honoured by any other round', async () => {
      await say(world, conversation, 'one');
      const began = world.clock.now();
      const down: Ports = { ...world.ports, http: () => Promise.reject(new Unavailable('Zendesk cannot be reached')) };
      const result = await runRound(world, lane(), () => down);
      expect(result).toMatchObject({ why: { kind: 'unavailable', said: 'Zendesk cannot be reached' } });
      expect((result?.until ?? 0) - began).toBeGreaterThanOrEqual(2 * MINUTE);
      await say(world, conversation, 'two');
      expect(await round()).toMatchObject({ summary: 'still waiting', until: result?.until });
      expect(await comments()).toEqual([]);
    });

    it('grow from two minutes to one hour while a system is down', async () => {
      await say(world, conversation, 'one');
      const down: Ports = { ...world.ports, http: () => Promise.reject(new Unavailable('Zendesk cannot be reached')) };
      const waits: number[] = [];
      for (let outage = 0; outage < 7; outage += 1) {
        const result = await runRound(world, lane(), () => down);
        waits.push(Math.round(((result?.until ?? 0) - world.clock.now()) / MINUTE));
        world.clock.set(result?.until ?? 0);
      }
      expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60]);
    });
  });

  describe('R8 parking', () => {
    it('holds what is the destination’s at the generation that failed, and not a repaired one', async () => {
      await say(world, conversation, 'one');
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
      await say(world, conversation, 'one');
      expect(await round()).toMatchObject({ parked: 'out of order' });
      expect(await ledger()).toEqual(['waiting']);
      await repair();
      await round();
      expect(await ledger()).toEqual(['delivered']);
    });
  });

  describe('R9 the sweep', () => {
    it('rings what no bell got through for, after two seconds, and again after two more', async () => {
      await say(world, conversation, 'one');
      expect(await swept()).toBe(0);
      world.clock.advance(2 * SECOND);
      expect(await swept()).toBe(1);
      expect(await swept()).toBe(0);
      world.clock.advance(2 * SECOND);
      expect(await swept()).toBe(1);
    });

    it('rings what was rung and is not delivered, after a minute', async () => {
      await say(world, conversation, 'one');
      await world.db.updateTable('lanes').set({ heard_seq: 1 }).execute();
      world.clock.advance(59 * SECOND);
      expect(await swept()).toBe(0);
      world.clock.advance(SECOND);
      expect(await swept()).toBe(1);
    });

    it('leaves alone what waits for a reason, and rings it when the wait is long over', async () => {
      await say(world, conversation, 'one');
      await fault('limit');
      await round();
      const { until } = await world.db.selectFrom('lanes').select('until').executeTakeFirstOrThrow();
      world.clock.set((until ?? 0) - 1);
      expect(await swept()).toBe(0);
      world.clock.advance(2 * SECOND);
      expect(await swept()).toBe(1);
    });

    it('leaves a parked destination alone, and rings it after its repair', async () => {
      await say(world, conversation, 'one');
      await park();
      await round();
      world.clock.advance(HOUR);
      expect(await swept()).toBe(0);
      await repair();
      expect(await swept()).toBe(1);
    });

    it('brings the time of the oldest message', async () => {
      const { acceptedAt } = await say(world, conversation, 'one');
      world.clock.advance(3 * SECOND);
      await say(world, conversation, 'two');
      expect(await sweepLanes(world.db, world.clock.now(), 10)).toMatchObject([{ since: acceptedAt }]);
    });

    it('is not doubled by two processes that sweep at once', async () => {
      await say(world, conversation, 'one');
      world.clock.advance(3 * SECOND);
      const [a, b] = await Promise.all([
        sweepLanes(world.db, world.clock.now(), 10),
        sweepLanes(world.db, world.clock.now(), 10),
      ]);
      expect(a.length + b.length).toBe(1);
    });
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
      await say(world, conversation, 'two');
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
      await say(world, conversation, 'two');
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
      await say(world, conversation, 'two');
      await round({ ports: lostRequests() });
      await reply(ticket, 'an answer');
      await notice(ticket);
      await collect(world.ports, zendesk, { conversation, thread }, attemptOf(1));
      expect(await answers()).toEqual([]);
      await settle(world);
      expect(await answers()).toEqual(['an answer']);
      expect(await comments()).toEqual(['one', 'two']);
    });

    it('never takes our own write for a reply, however late we learn of it', async () => {
      const { thread } = await opened();
      // Whoever wrote it, an agent's name is on it now: only its id tells.
      const [person] = await world.db.selectFrom('people').selectAll().execute();
      await makeAgent(person?.remote_id ?? '');
      await say(world, conversation, 'two');
      const writing = pausingPorts(world.ports, { method: 'rounds.finish', nth: 1 }, 'before');
      const slow = round({ ports: writing.ports });
      await writing.reached;
      await collect(world.ports, zendesk, { conversation, thread }, attemptOf(1));
      writing.resume();
      await slow;
      await settle(world);
      expect(await answers()).toEqual([]);
    });

    it('tells of the lanes that are behind, also when another attempt took the replies', async () => {
      const { ticket, thread } = await opened();
      await say(world, conversation, 'two');
      await reply(ticket, 'an answer');
      const first = await collect(world.ports, zendesk, { conversation, thread }, attemptOf(1));
      const again = await collect(world.ports, zendesk, { conversation, thread }, attemptOf(2));
      expect(first.behind).toHaveLength(1);
      expect(again.behind).toEqual(first.behind);
    });
  });

  const lane = () => ({ conversation, system: 'zendesk', destination: world.connection.destination });

  const round = (how: { readonly ports?: Ports; readonly id?: string } = {}) =>
    deliver(
      how.ports ?? world.ports,
      zendesk,
      { conversation, destination: world.connection.destination, round: how.id ?? newId<ConversationId>() },
      attemptOf(1),
    );

  const ledger = async (): Promise<readonly string[]> => (await deliveriesOf(world, conversation)).map(({ state }) => state);

  /** What the app user's comments say. */
  const comments = async (): Promise<readonly string[]> =>
    (await world.comments()).filter(({ by, isPublic }) => isPublic && by === 'Ann Lee').flatMap(({ text }) => text.split('\n\n'));

  const answers = async (): Promise<readonly (string | undefined)[]> => {
    const rows = await world.db.selectFrom('messages').select('content').where('role', '=', 'appMaker').orderBy('seq').execute();
    return rows.map(({ content }) => content.text);
  };

  const fault = (kind: 'lostAnswer' | 'limit') =>
    world.zendesk.addFault(
      kind === 'limit'
        ? {
            method: 'POST',
            path: '/tickets',
            kind: 'status',
            status: 429,
            headers: {
              'retry-after': '300',
              'x-rate-limit-remaining': '100',
              'zendesk-ratelimit-tickets-update': 'total=15; remaining=0; resets=300',
            },
          }
        : { method: 'POST', path: '/tickets', kind },
    );

  /** A network in which the writes of tickets get lost on their way. */
  const lostRequests = (): Ports => ({
    ...world.ports,
    http: async (request, signal) => {
      if (request.writes && request.url.includes('/tickets')) throw new OutcomeUnknown('no answer');
      return await world.ports.http(request, signal);
    },
  });

  const park = (): Promise<void> =>
    world.ports.accounts.park([{ destination: world.connection.destination, generation: 1 }], 'out of order', world.clock.now());

  /** A person connects the account again. */
  async function repair(): Promise<void> {
    const credentials = { accessToken: await world.zendesk.issueToken() };
    await putGrant(world.db, world.vault, world.connection.account, { credentials }, world.clock.now());
    await world.db
      .updateTable('destinations')
      .set((e) => ({ generation: e('generation', '+', 1) }))
      .execute();
  }

  const swept = async (): Promise<number> => (await sweepLanes(world.db, world.clock.now(), 10)).length;

  /** A conversation whose first message is on its ticket. */
  async function opened() {
    await say(world, conversation, 'one');
    await round();
    const thread = await world.db.selectFrom('threads').select(['id', 'remote_id']).executeTakeFirstOrThrow();
    return { thread: thread.id, ticket: Number(thread.remote_id) };
  }

  const reply = (ticket: number, text: string) => world.zendesk.act({ ticket, as: 'Ben', do: 'reply', text });

  /** Tells us of the ticket's newest public comment, as our trigger does. */
  async function notice(ticket: number) {
    const id = (await world.comments()).findLast((comment) => comment.ticket === ticket && comment.isPublic)?.id;
    const event = { kind: 'notice', key: `comment ${id}`, thread: String(ticket), remoteIds: [`comment ${id}`] } as const;
    return await receiveInbound(world.db, world.connection.account, event, world.clock.now());
  }

  const events = async (): Promise<readonly string[]> =>
    (await world.db.selectFrom('inbound_events').select('state').orderBy('id').execute()).map(({ state }) => state);

  /** An administrator makes an end user an agent. */
  async function makeAgent(user: string): Promise<void> {
    world.clock.advance(MINUTE);
    const headers = { authorization: `Bearer ${await world.zendesk.adminToken()}`, 'content-type': 'application/json' };
    const answer = await fetch(`${world.zendesk.url}/api/v2/users/${user}`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ user: { role: 'agent' } }),
    });
    expect(answer.status).toBe(200);
  }
});
