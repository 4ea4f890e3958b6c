import { describe, expect, it } from 'vitest';
import { eventually } from '../receiver.ts';
import { aChannel, aSandbox, aWorkspace, type TestWorkspace } from './workspace.ts';

const sandbox = aSandbox();
const onPost = { path: '/chat.postMessage' } as const;

const post = ({ client }: TestWorkspace, channel: string) => client.chat.postMessage({ channel, text: 'x' });
const nameOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );

describe('a scripted fault, as the real client sees it', () => {
  it.each([
    ['an outage', { kind: 'status', status: 503 }, 'WebAPIHTTPError', 0],
    ['a rate limit', { kind: 'status', status: 429, headers: { 'retry-after': '30' } }, 'WebAPIRateLimitedError', 0],
    [
      'an error of Slack’s own',
      { kind: 'status', status: 200, body: { ok: false, error: 'internal_error' } },
      'WebAPIPlatformError',
      0,
    ],
    ['an answer lost after the commit', { kind: 'lostAnswer' }, 'WebAPIRequestError', 1],
  ] as const)('%s', async (_name, fault, error, posted) => {
    const workspace = await aWorkspace(sandbox());
    const channel = await aChannel(workspace);
    await workspace.slack.addFault({ ...onPost, ...fault });
    expect(await nameOf(post(workspace, channel))).toBe(error);
    expect(await workspace.slack.messages(channel)).toHaveLength(posted);
    expect(await workspace.slack.faults()).toMatchObject([{ fired: 1 }]);
    expect(await nameOf(post(workspace, channel))).toBe('ok');
  });

  it('a post that is made after its caller has given up', async () => {
    const workspace = await aWorkspace(sandbox());
    const channel = await aChannel(workspace);
    await workspace.slack.addFault({ ...onPost, kind: 'lateCommit', ms: 200 });
    expect(await nameOf(post(workspace, channel))).toBe('WebAPIRequestError');
    expect(await workspace.slack.messages(channel)).toEqual([]);
    expect(await eventually(async () => (await workspace.slack.messages(channel)).length === 1)).toBe(true);
  });

  it('is seen in the log of requests, without arguments', async () => {
    const workspace = await aWorkspace(sandbox());
    await workspace.slack.addFault({ path: '/auth.test', kind: 'status', status: 500 });
    await nameOf(workspace.client.auth.test());
    expect(await workspace.slack.requests()).toMatchObject([{ path: '/auth.test', status: 500, fault: 'status' }]);
  });
});

describe('a repeated client_msg_id', () => {
  it.each([
    [true, 1],
    [false, 2],
  ])('is dropped: %s', async (dropsRepeatedClientMsgIds, posts) => {
    const workspace = await aWorkspace(sandbox());
    await workspace.slack.set({ dropsRepeatedClientMsgIds });
    const channel = await aChannel(workspace);
    const args = { channel, text: 'x', client_msg_id: 'dd1a2a4e-0000-4000-8000-000000000000' };
    for (let time = 1; time <= 2; time += 1) await workspace.client.apiCall('chat.postMessage', args);
    expect(await workspace.slack.messages(channel)).toHaveLength(posts);
  });
});
