import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAccount } from '../../activities/api.ts';
import { PLACES_OF_AN_ACCOUNT } from '../../activities/crowd.ts';
import { AccountRests } from '../../activities/system-error.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { PassingClock } from '../engine/support/passing-clock.ts';
import { attemptOf, createConversation, runRound, say } from '../engine/support/world.ts';
import { createZendeskWorld, startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer, ZendeskWorld } from '../engine/support/zendesk-world.ts';

/** So many activities of one system run in a worker at a time. */
const PLACES = 2 * PLACES_OF_AN_ACCOUNT;

describe('a Zendesk that does not answer', () => {
  let server: SandboxServer;
  let hanging: ZendeskWorld;
  let sound: ZendeskWorld;
  beforeAll(async () => {
    server = await startSandbox(new PassingClock());
    hanging = await createZendeskWorld(server);
    sound = await createZendeskWorld(server);
    await sound.zendesk.set({ userWritesPerSecond: 1_000 });
  });
  afterAll(async () => {
    await hanging.close();
    await sound.close();
    await server.close();
  });

  it('leaves room for the others, however much is to be done there', async () => {
    const release = Promise.withResolvers<void>();
    const outcomes: unknown[] = [];
    const work = openWorker(PLACES);
    const stuck = Array.from({ length: 4 * PLACES }, () =>
      work(() => callThere(release.promise).then((end) => outcomes.push(end))),
    );
    // All of them find the way barred but for those that wait, and these are too few to take all places.
    const barred = 4 * PLACES - PLACES_OF_AN_ACCOUNT;
    await expect.poll(() => outcomes.length, { timeout: 60_000 }).toBe(barred);
    expect(outcomes.every((outcome) => outcome instanceof AccountRests)).toBe(true);

    await Promise.all(['one', 'two'].map((text) => work(() => sayThere(text))));
    expect((await sound.comments()).map(({ text }) => text).toSorted()).toEqual(['one', 'two']);
    expect(outcomes).toHaveLength(barred);
    release.resolve();
    await Promise.all(stuck);
  }, 120_000);

  /** A call of an account that takes very many, and never answers. @returns what it ended with. */
  function callThere(answer: Promise<void>): Promise<unknown> {
    const ports = {
      ...hanging.ports,
      http: async () => {
        await answer;
        return { status: 200, headers: {}, text: '{}' };
      },
    };
    const account = { id: hanging.connection.account, key: 'hanging', data: { limits: { api: 1_000_000 } } };
    const call = { ports, system: zendesk, account, attempt: attemptOf(1) };
    return withAccount(call, (api) => api.request({ method: 'GET', url: 'x', writes: false, timeoutMs: 1 })).catch(
      (error: unknown) => error,
    );
  }

  async function sayThere(text: string): Promise<void> {
    const conversation = await createConversation(sound, `Ann ${text}`);
    await say(sound, conversation, text);
    await runRound(sound, { conversation, system: 'zendesk', destination: sound.connection.destination });
  }
});

/** Runs so many at a time, like a worker's places for activities. */
function openWorker(places: number): (work: () => Promise<unknown>) => Promise<unknown> {
  const queue: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => void queue.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
