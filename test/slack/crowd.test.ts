import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliver } from '../../activities/deliver.ts';
import type { RoundResult } from '../../activities/contract.ts';
import type { Ports } from '../../activities/ports.ts';
import { slack } from '../../activities/slack/index.ts';
import { newId } from '../../src/db/new-id.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { laneSentence } from '../../src/domain/lane-state.ts';
import { MINUTE, SECOND, timeOfDay } from '../../src/domain/time.ts';
import { StagedClock } from '../engine/support/staged-clock.ts';
import { attemptOf, createConversation, say } from '../engine/support/world.ts';
import { startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer } from '../engine/support/zendesk-world.ts';
import { createSlackWorld, readBack } from './support/slack-world.ts';
import type { SlackWorld } from './support/slack-world.ts';

/**
 * How many begin at once. With CROWD=1000 they are served at the same pace and in the same order in 55 minutes by the clock of the
 * test, which takes minutes in real time, mostly for the statements of the stand-in.
 */
const CROWD = Number(process.env['CROWD'] ?? 60);

/** Twenty channels a minute are what Slack takes. Two of these may come at once, so the others come eighteen a minute. */
const A_MINUTE = 18;

/** Who comes back more often than this asks for a turn anew each time. */
const MOST_ROUNDS = 10;

/** A call of Slack, and its answer. */
interface Call {
  readonly method: string;
  readonly at: number;
  readonly status: number;
}

describe('many people who begin at once', () => {
  const clock = new StagedClock();
  const crowd: {
    readonly conversation: ConversationId;
    readonly rounds: RoundResult[];
    channelAt?: number;
    /** When the first post stood in it, and when all was done. */
    postAt?: number;
    endAt?: number;
  }[] = [];
  const calls: Call[] = [];
  let server: SandboxServer;
  let world: SlackWorld;
  let began: number;

  beforeAll(async () => {
    server = await startSandbox(clock);
    world = await createSlackWorld(server, { limited: true });
    for (let n = 1; n <= CROWD; n += 1) {
      const conversation = await createConversation(world, 'Ann Lee');
      await say(world, conversation, `message of ${n}`);
      crowd.push({ conversation, rounds: [] });
    }
    began = clock.now();
    await clock.play(crowd, async (one) => {
      const ports = listening(world.ports, (call) => {
        calls.push(call);
        if (call.method === 'conversations.create') one.channelAt = call.at;
        if (call.method === 'chat.postMessage') one.postAt ??= call.at;
        one.endAt = call.at;
      });
      const { destination } = world.connection;
      const input = { conversation: one.conversation, destination, round: newId<ConversationId>() };
      const result = await deliver(ports, slack, input, attemptOf(1));
      one.rounds.push(result);
      if (one.rounds.length > MOST_ROUNDS) throw new Error(`a conversation does not come to its end: ${result.summary}`);
      return result.until ?? result.behind;
    });
  }, CROWD * 2_000);
  afterAll(async () => {
    await world.close();
    await server.close();
  });

  it('are served at the pace that Slack takes, and it never has to say no', () => {
    const times = crowd.map(({ channelAt = Number.NaN }) => channelAt - began);
    expect(Math.max(...times)).toBeLessThan((CROWD / A_MINUTE) * MINUTE + 5 * SECOND);
    expect(Math.max(...times)).toBeGreaterThan(((CROWD - 2) / 20) * MINUTE - 5 * SECOND);
    expect(calls.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('are served in the order in which they came', () => {
    const times = crowd.map(({ channelAt }) => channelAt);
    expect(times).toEqual(times.toSorted((a = 0, b = 0) => a - b));
  });

  it('are told at once when it is their turn, and it is then: one round to queue up, one that begins, and at most one for the rest', () => {
    for (const { rounds, channelAt = 0 } of crowd) {
      const [first, second] = rounds;
      // Purpose and topic are as slow as channels are: who has to wait for these, too, makes all others do so.
      expect(rounds.length).toBeLessThanOrEqual(3);
      // Whoever came first had its channel at once.
      if (channelAt === began) continue;
      expect(second).toBeDefined();
      expect(first).toMatchObject({ until: channelAt, why: { kind: 'turn' } });
    }
    expect(crowd.filter(({ channelAt }) => channelAt === began)).toHaveLength(2);
    const { until = 0, why = { kind: 'resting' } } = crowd.at(-1)?.rounds[0] ?? {};
    const then = timeOfDay(until);
    expect(laneSentence('Slack', { kind: 'waiting', until, why })).toContain(
      `many conversations write to this account; it is this one's turn at ${then}`,
    );
  });

  it('are served at once when it is their turn: the others only wait for channels, and hold up nothing else', () => {
    for (const { channelAt = 0, postAt = Infinity, endAt = Infinity } of crowd) {
      expect(postAt - channelAt).toBeLessThanOrEqual(SECOND);
      expect(endAt - channelAt).toBeLessThanOrEqual(5 * SECOND);
    }
  });

  it('each have a channel of their own with what they said in it, once', async () => {
    const states = await world.db.selectFrom('deliveries').select('state').execute();
    expect(states.map(({ state }) => state)).toEqual(crowd.map(() => 'delivered'));
    const open = await world.db.selectFrom('lanes').select('batch_id').where('batch_id', 'is not', null).execute();
    expect(open).toEqual([]);
    const threads = await world.db.selectFrom('threads').select(['conversation_id', 'remote_id']).execute();
    expect(threads).toHaveLength(CROWD);
    expect((await world.slack.channels()).filter(({ name }) => name.startsWith('sk-ann-lee'))).toHaveLength(CROWD);
    const channelOf = new Map(threads.map((thread) => [thread.conversation_id, thread.remote_id]));
    for (const [index, { conversation }] of crowd.entries()) {
      const messages = await world.slack.messages(channelOf.get(conversation) ?? '');
      const said = messages.filter(({ username }) => username !== null).map(({ text }) => readBack(text));
      expect(said).toEqual([`message of ${index + 1}`]);
    }
  });

  it('are each announced once in the dispatch channel, in that order', async () => {
    const threads = await world.db.selectFrom('threads').select(['conversation_id', 'remote_id']).execute();
    const channelOf = new Map(threads.map((thread) => [thread.conversation_id, thread.remote_id]));
    const general = await world.slack.messages('general');
    const announced = general.filter(({ text }) => text.includes('started a conversation')).map(({ text }) => channelIn(text));
    expect(announced).toEqual(crowd.map(({ conversation }) => channelOf.get(conversation)));
  });
});

const channelIn = (text: string): string | undefined => /<#(\w+)>/.exec(text)?.[1];

/** Tells of each call that is answered. */
const listening = (ports: Ports, heard: (call: Call) => void): Ports => ({
  ...ports,
  http: async (request, signal) => {
    const answer = await ports.http(request, signal);
    heard({ method: request.url.split('/').at(-1) ?? '', at: ports.clock.now(), status: answer.status });
    return answer;
  },
});
