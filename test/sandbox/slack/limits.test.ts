import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../src/domain/time.ts';
import { aChannel, aSandbox, aWorkspace } from './workspace.ts';

const sandbox = aSandbox();

/** Seconds to wait, as the real client reads them; 0 when the call went through. */
const waitOf = (call: Promise<unknown>): Promise<number> =>
  call.then(
    () => 0,
    (error: unknown) => {
      if (error instanceof Error && 'retryAfter' in error) return Number(error.retryAfter);
      throw error;
    },
  );

describe('limits', () => {
  it('allow one post a second in a channel, and name the wait', async () => {
    const workspace = await aWorkspace(sandbox());
    const [one, other] = [await aChannel(workspace), await aChannel(workspace)];
    await workspace.slack.set({ rateLimits: true });
    const say = (channel: string) => waitOf(workspace.client.chat.postMessage({ channel, text: 'x' }));
    expect([await say(one), await say(one), await say(other)]).toEqual([0, 1, 0]);
    sandbox().clock.advance(SECOND);
    expect(await say(one)).toBe(0);
    expect(await workspace.slack.messages(one)).toHaveLength(2);
  });

  it('allow so many calls a minute of each method, by its tier', async () => {
    const { client, slack } = await aWorkspace(sandbox());
    await slack.set({ rateLimits: true, tier2: 2 });
    const create = (name: string) => waitOf(client.conversations.create({ name }));
    expect([await create('a'), await create('b')]).toEqual([0, 0]);
    expect(await create('c')).toBeGreaterThan(50);
    expect(await waitOf(client.conversations.list({}))).toBe(0);
    sandbox().clock.advance(MINUTE);
    expect(await create('c')).toBe(0);
  });

  it('allow so many posts a minute in the whole workspace', async () => {
    const workspace = await aWorkspace(sandbox());
    const { slack, client } = workspace;
    await slack.set({ rateLimits: true, postsPerMinute: 2 });
    const channels = [await aChannel(workspace), await aChannel(workspace), await aChannel(workspace)];
    const waits = [];
    for (const channel of channels) waits.push(await waitOf(client.chat.postMessage({ channel, text: 'x' })));
    expect(waits.map((wait) => wait > 0)).toEqual([false, false, true]);
  });

  it('count each app and workspace alone', async () => {
    const [one, other] = [await aWorkspace(sandbox()), await aWorkspace(sandbox())];
    for (const { slack } of [one, other]) await slack.set({ rateLimits: true, tier2: 1 });
    expect(await waitOf(one.client.conversations.list({}))).toBe(0);
    expect(await waitOf(other.client.conversations.list({}))).toBe(0);
    expect(await waitOf(one.client.conversations.list({}))).toBeGreaterThan(0);
  });
});
