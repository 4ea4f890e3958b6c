import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RoundResult } from '../../activities/contract.ts';
import type { LaneState, WaitWhy } from '../../src/domain/lane-state.ts';
import { laneSentence } from '../../src/domain/lane-state.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { timeSkipping } from '../support/temporal.ts';
import { laneBell, runScripted, threadBell } from './support/scripted-run.ts';
import type { ScriptedRun } from './support/scripted-run.ts';

const AT = Date.UTC(2026, 10, 23, 13, 40, 0);
const SINCE = Date.UTC(2026, 10, 23, 13, 10, 0);

/** What a lane does, and how the Web UI says it. */
const SENTENCES: readonly (readonly [LaneState, string])[] = [
  [{ kind: 'idle' }, 'Zendesk acme: nothing is left to send.'],
  [{ kind: 'window', until: AT }, 'Zendesk acme: collects messages until 23 Nov 13:40:00 UTC, then sends them together.'],
  [{ kind: 'sending', since: SINCE }, 'Zendesk acme: is being written to since 23 Nov 13:10:00 UTC.'],
  [{ kind: 'held' }, 'Zendesk acme: is about to be written to; the workflow first continues in a new run.'],
  [
    { kind: 'awaitingUser' },
    "Zendesk acme: waits for the app user's next message, which opens a thread; what agents wrote goes along with it.",
  ],
  [
    { kind: 'parked', why: 'Zendesk no longer accepts our access. Connect the account again.' },
    'Zendesk acme: parked. Zendesk no longer accepts our access. Connect the account again. Nothing is lost: what is held is delivered after the repair.',
  ],
  [
    waiting({ kind: 'rateLimited', of: 'this ticket' }),
    'Zendesk acme: takes no more on this ticket for now (rate limit); everything that waits goes out at 23 Nov 13:40:00 UTC.',
  ],
  [
    waiting({ kind: 'turn' }),
    "Zendesk acme: many conversations write to this account; it is this one's turn at 23 Nov 13:40:00 UTC.",
  ],
  [
    waiting({ kind: 'resting' }),
    'Zendesk acme: the account is left alone, because it did not answer or took no more calls; one call finds out at 23 Nov 13:40:00 UTC.',
  ],
  [
    waiting({ kind: 'pacing', of: 'this ticket' }),
    'Zendesk acme: collects messages until 23 Nov 13:40:00 UTC, longer than usual, to stay within the limit of this ticket.',
  ],
  [
    waiting({ kind: 'unavailable', said: 'Zendesk answers 503', since: SINCE }),
    'Zendesk acme: Zendesk answers 503 since 23 Nov 13:10:00 UTC; next try at 23 Nov 13:40:00 UTC.',
  ],
  [
    waiting({ kind: 'undecided', what: 'add a comment' }),
    'Zendesk acme: did not say whether it stored "add a comment"; looks again at 23 Nov 13:40:00 UTC.',
  ],
  [
    waiting({ kind: 'preparing', what: 'the account is being set up' }),
    'Zendesk acme: the account is being set up; looks again at 23 Nov 13:40:00 UTC.',
  ],
  [
    waiting({ kind: 'failed', said: 'a fault in Deskbridge', since: SINCE }),
    'Zendesk acme: failed since 23 Nov 13:10:00 UTC (a fault in Deskbridge); next try at 23 Nov 13:40:00 UTC.',
  ],
];

function waiting(why: WaitWhy): LaneState {
  return { kind: 'waiting', until: AT, why };
}

describe('the sentences of a lane', () => {
  it.each(SENTENCES)('%j', (state, sentence) => {
    expect(laneSentence('Zendesk acme', state)).toBe(sentence);
  });
});

describe('the workflow of a conversation', () => {
  const environment = timeSkipping();
  let run: ScriptedRun;
  beforeEach(async () => {
    run = await runScripted(environment());
  });
  afterEach(async () => {
    await run.stop();
  });

  const waits: readonly WaitWhy[] = SENTENCES.flatMap(([state]) => (state.kind === 'waiting' ? [state.why] : []));

  it.each(waits)('says what a lane waits for, also in its next run: %j', async (why) => {
    const until = (await run.now()) + 30 * MINUTE;
    run.round('d1', async () => ({ summary: 'later', until, why, behind: await run.now() }));
    await run.ring('d1');
    await run.pass(5_100);
    const sentence = laneSentence('Desk d1', { kind: 'waiting', until, why });
    await expect.poll(() => run.details()).toContain(`- ${sentence}`);
    const { runId } = await run.history();
    await run.signal('retire');
    await expect.poll(async () => (await run.history()).runId).not.toBe(runId);
    expect(await run.details()).toBe(`Conversation ${run.conversation} of app user user1\n\n- ${sentence}`);
    expect(run.rounds).toEqual(['d1']);
    await run.pass(30 * MINUTE);
    await expect.poll(() => run.rounds).toEqual(['d1', 'd1']);
    await expect.poll(() => run.details()).toContain('- Desk d1: nothing is left to send.');
  });

  it('says what it does with each lane and thread while it does it', async () => {
    const gate = Promise.withResolvers<RoundResult>();
    const fetched = Promise.withResolvers<{ summary: string; behind: [] }>();
    run.round('d1', () => gate.promise);
    run.collect(() => fetched.promise);
    const now = await run.now();
    await run.bell({ lanes: [laneBell('d1', now - 60_000), laneBell('d2', now)], threads: [threadBell('4711')] });
    await expect.poll(() => run.details()).toMatch(/Desk d1: is being written to since .* UTC\./);
    expect(await run.details()).toMatch(
      /- Desk d2: collects messages until .* UTC, then sends them together\.\n- ticket 4711: replies are being fetched since .* UTC\./,
    );
    gate.resolve({ summary: 'parked', parked: 'access was revoked' });
    fetched.resolve({ summary: 'nothing new', behind: [] });
    await expect.poll(() => run.details()).toContain('- Desk d1: parked. access was revoked.');
    await expect.poll(() => run.details()).not.toContain('4711');
  });

  it('R2: keeps a bell that rings while a round is under way, and clears none when it ends', async () => {
    const gate = Promise.withResolvers<RoundResult>();
    run.round('d1', () => gate.promise);
    await run.ring('d1', 0);
    await expect.poll(() => run.rounds).toEqual(['d1']);
    await run.ring('d1');
    gate.resolve({ summary: 'sent' });
    await expect.poll(() => run.details()).toContain('collects messages until');
    await run.pass(5_100);
    await expect.poll(() => run.rounds).toEqual(['d1', 'd1']);
  });

  it('R7: shortens no wait for a bell', async () => {
    const until = (await run.now()) + 10 * MINUTE;
    run.round('d1', async () => ({
      summary: 'later',
      until,
      why: { kind: 'rateLimited', of: 'this ticket' },
      behind: await run.now(),
    }));
    await run.ring('d1', 0);
    await expect.poll(() => run.details()).toContain('takes no more');
    await run.ring('d1', 0);
    await run.pass(9 * MINUTE);
    expect(run.rounds).toEqual(['d1']);
    await run.pass(2 * MINUTE);
    await expect.poll(() => run.rounds).toEqual(['d1', 'd1']);
  });

  it('R7: waits by itself when an activity fails so that nobody could write the wait down', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) run.round('d1', () => Promise.reject(new Error('the database is gone')));
    await run.ring('d1', 0);
    await run.pass(MINUTE);
    await expect.poll(() => run.details()).toMatch(/Desk d1: failed since .* \(the database is gone\); next try at/);
    expect(run.rounds).toHaveLength(5);
    await run.pass(3 * MINUTE);
    await expect.poll(() => run.rounds).toHaveLength(6);
  });

  it('R8: starts a round for every bell of a parked lane, without a window', async () => {
    run.round('d1', () => Promise.resolve({ summary: 'parked', parked: 'out of order' }));
    run.round('d1', () => Promise.resolve({ summary: 'parked', parked: 'out of order' }));
    await run.ring('d1', 0);
    await expect.poll(() => run.details()).toContain('parked');
    await run.ring('d1');
    await expect.poll(() => run.rounds).toEqual(['d1', 'd1']);
  });

  it('R10: continues as new only between rounds and collects, and forgets nothing', async () => {
    const gate = Promise.withResolvers<RoundResult>();
    const fetched = Promise.withResolvers<{ summary: string; behind: [] }>();
    run.round('d1', () => gate.promise);
    run.collect(() => fetched.promise);
    const now = await run.now();
    await run.bell({ lanes: [laneBell('d1', 0), laneBell('d2', now)], threads: [threadBell('4711')] });
    await expect.poll(() => run.details()).toContain('fetched since');
    await expect.poll(() => run.rounds).toEqual(['d1']);
    const { runId } = await run.history();
    await run.signal('retire');
    await run.ring('d1');
    await run.bell({ threads: [threadBell('4711')] });
    await run.pass(6_000);
    expect((await run.history()).runId).toBe(runId);
    await expect
      .poll(() => run.details())
      .toContain('Desk d2: is about to be written to; the workflow first continues in a new run.');
    gate.resolve({ summary: 'sent' });
    fetched.resolve({ summary: 'nothing new', behind: [] });
    await expect.poll(async () => (await run.history()).runId).not.toBe(runId);
    await run.pass(6_000);
    await expect.poll(() => [...run.rounds].toSorted()).toEqual(['d1', 'd1', 'd2']);
    await expect.poll(() => run.details()).not.toContain('4711');
  });

  it('ends when it is asked to and nothing is left to do, and the next bell starts it again', async () => {
    await run.ring('d1', 0);
    await expect.poll(() => run.rounds).toEqual(['d1']);
    await expect.poll(() => run.details()).toContain('nothing is left');
    await run.signal('retire');
    await expect.poll(() => run.status()).toBe('COMPLETED');
    await run.ring('d1', 0);
    await expect.poll(() => run.rounds).toEqual(['d1', 'd1']);
    expect(await run.status()).toBe('RUNNING');
  });

  it.each([
    ['nothing', []],
    ['null', [null]],
    ['a text', ['bell']],
    ['a list', [[1, 2]]],
    ['lanes that are none', [{ lanes: 'all', threads: 7 }]],
    ['lanes without a system', [{ lanes: [{ destination: 'd1', since: 0, windowMs: 0 }], threads: [{}] }]],
    ['a system that would be another queue', [{ lanes: [{ destination: 'd1', system: '../x', since: 0, windowMs: 0 }] }]],
    ['a time that is none', [{ lanes: [{ destination: 'd1', system: 'desk', since: 'now', windowMs: Number.NaN }] }]],
  ])('goes on when a bell is %s', async (_what, args) => {
    await run.ring('d2', 0);
    await expect.poll(() => run.rounds).toEqual(['d2']);
    await run.signal('bell', ...args);
    await run.signal('no such signal', { any: 'thing' });
    await run.ring('d2', 0);
    await expect.poll(() => run.rounds).toEqual(['d2', 'd2']);
  });
});
