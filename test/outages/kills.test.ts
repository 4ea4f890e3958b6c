import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { temporalCli } from '../support/temporal.ts';
import { accepted, anAppUser, onTickets, say } from '../e2e/support/conversations.ts';
import type { Speaker } from '../e2e/support/conversations.ts';
import { startInstallation } from '../e2e/support/installation.ts';
import type { Installation } from '../e2e/support/installation.ts';
import { workflowOf } from '../e2e/support/workflow.ts';

const soon = { timeout: 90_000, interval: 200 };
const LAST = 'said while nobody works';

/** What the worker is at when it is killed, each with an account of its own. */
type Moments<T> = Readonly<Record<'opening' | 'adding' | 'fetching' | 'resting', T>>;

// One kill for all: that a worker is gone shows only when its heartbeats have been missed for 20 s.
describe('a worker that is killed', { timeout: 120_000 }, () => {
  const cli = temporalCli();
  let installation: Installation;
  let speakers: Moments<Speaker>;
  let underWay: Moments<number>;
  let ticketsAtDeath: number;
  beforeAll(async () => {
    installation = await startInstallation({ cli, apis: 1, workers: 1 });
    speakers = {
      opening: await meet('opening', 300),
      adding: await meet('adding', 300),
      fetching: await meet('fetching', 300),
      resting: await meet('resting', 10_000),
    };
    await bringIntoAllMoments();
    underWay = await count();
    for (const worker of installation.workers) await worker.kill();
    ticketsAtDeath = (await installation.desk.tickets('opening')).length;
    for (const speaker of Object.values(speakers)) await say(speaker, LAST);
    await installation.startWorker();
  }, 240_000);
  afterAll(() => installation.close());

  it('while the vendor is slow has opened one ticket, though that came into being after its death', async () => {
    await expectOnceInOrder(speakers.opening, ['one', LAST]);
    expect(ticketsAtDeath).toBe(0);
    expect(await installation.desk.control('opening').faults()).toMatchObject([{ fired: 1 }]);
    expect(underWay.opening).toBe(1);
    expect(await attempts(speakers.opening)).toContain(2);
  });

  it('when the vendor has done what it was asked to, and says so to nobody, has added one comment', async () => {
    await expectOnceInOrder(speakers.adding, ['one', 'two', LAST]);
    expect(underWay.adding).toBe(1);
    expect(await attempts(speakers.adding)).toContain(2);
  });

  it('while it fetches an answer has brought it back once', async () => {
    // In the app the answer comes after what was said before it was fetched.
    await expectOnceInOrder(speakers.fetching, ['one', 'an answer', LAST], ['one', LAST, 'an answer']);
    expect(underWay.fetching).toBe(1);
    expect(await attempts(speakers.fetching)).toContain(2);
  });

  it('while a conversation waits for more to be said has lost nothing of it', async () => {
    await expectOnceInOrder(speakers.resting, ['one', LAST]);
    expect(underWay.resting).toBe(0);
    expect(await attempts(speakers.resting)).toEqual([1]);
  });

  async function meet(subdomain: string, windowMs: number): Promise<Speaker> {
    return await anAppUser(installation, await installation.connectApp(subdomain, { windowMs }), 'ann');
  }

  async function bringIntoAllMoments(): Promise<void> {
    const { desk, gate } = installation;
    for (const speaker of [speakers.adding, speakers.fetching]) {
      await say(speaker, 'one');
      await expectOnceInOrder(speaker, ['one']);
    }
    const [ticket] = await desk.tickets('fetching');
    const keptBack = [
      gate.keepBack('PUT', /adding\/api\/v2\/tickets\//),
      gate.keepBack('GET', /fetching\/api\/v2\/tickets\/\d+\/comments/),
    ];
    await desk.control('fetching').act({ ticket: ticket?.id ?? 0, as: 'Ben', do: 'reply', text: 'an answer' });
    await say(speakers.adding, 'two');
    await Promise.all(keptBack);
    await say(speakers.resting, 'one');
    await vi.waitFor(async () => expect(await detailsOf(speakers.resting)).toContain('collects messages until'), soon);
    await desk.control('opening').addFault({ kind: 'slow', method: 'POST', path: '/tickets', ms: 6_000 });
    await say(speakers.opening, 'one');
    await vi.waitFor(async () => expect((await desk.control('opening').faults())[0]?.fired).toBe(1), soon);
  }

  async function count(): Promise<Moments<number>> {
    return {
      opening: await underWayOf(speakers.opening),
      adding: await underWayOf(speakers.adding),
      fetching: await underWayOf(speakers.fetching),
      resting: await underWayOf(speakers.resting),
    };
  }

  const underWayOf = ({ conversation }: Speaker): Promise<number> => workflowOf(installation, conversation).underWay();

  const detailsOf = ({ conversation }: Speaker): Promise<string> => workflowOf(installation, conversation).details();
  const attempts = ({ conversation }: Speaker): Promise<readonly number[]> => workflowOf(installation, conversation).attempts();

  /** What was said is on one ticket, and the conversation holds the same, if need be in another order. */
  async function expectOnceInOrder(
    { app, conversation }: Speaker,
    onTicket: readonly string[],
    inApp: readonly string[] = onTicket,
  ): Promise<void> {
    // Also called before the tests, where `expect.poll` does not work.
    await vi.waitFor(async () => {
      expect(await onTickets(installation, [app])).toEqual({ [conversation]: onTicket });
      expect((await accepted(installation.db))[conversation]).toEqual(inApp);
    }, soon);
  }
});
