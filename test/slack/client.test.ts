import { describe, expect, it } from 'vitest';
import type { Api } from '../../activities/business-system.ts';
import { Nothing } from '../../activities/slack/answers.ts';
import { callSlack } from '../../activities/slack/client.ts';
import { OutcomeUnknown, RateLimited, Refused, Unavailable } from '../../activities/system-error.ts';

const WORDS = 'My name is Ann Lee';

/** The way to a Slack that answers so. */
const answering = (body: object): Api => ({
  key: 'T1',
  data: {},
  operator: { url: 'https://slack.test' },
  now: () => 0,
  request: () => Promise.resolve({ status: 200, headers: {}, text: JSON.stringify(body) }),
  download: () => Promise.reject(new Error('nothing is downloaded')),
});

const call = (body: object, writes = true): Promise<unknown> =>
  callSlack(answering(body), { method: 'chat.postMessage', args: { channel: 'C1', text: WORDS }, writes }, Nothing).catch(
    (error: unknown) => error,
  );

describe('what Slack says of a refusal', () => {
  it('is told with the reason, and without the words that it quotes', async () => {
    const messages = [`[ERROR] must be shorter: "${WORDS}" of ann@example.com [json-pointer:/text]`];
    const error = await call({ ok: false, error: 'invalid_arguments', response_metadata: { messages } });
    expect(error).toBeInstanceOf(Refused);
    expect(String(error)).toBe(
      'Refused: Slack answers invalid_arguments to chat.postMessage ([ERROR] must be shorter: "…" of …@… [json-pointer:/text])',
    );
  });

  it.each(['ratelimited', 'rate_limited'])('is a limit, and none of these words, when it is %s', async (error) => {
    expect(await call({ ok: false, error })).toBeInstanceOf(RateLimited);
  });

  it('names the right that is lacking', async () => {
    expect(String(await call({ ok: false, error: 'missing_scope', needed: 'chat:write' }))).toContain(
      'The right chat:write was not granted.',
    );
  });

  it.each([
    ['a code that is none', { ok: false, error: `no such user: ${WORDS}` }],
    ['no answer of the API', { message: WORDS }],
  ])('is not told at all when it is %s: the outcome is open', async (_what, body) => {
    const [writing, reading] = [await call(body), await call(body, false)];
    expect(writing).toBeInstanceOf(OutcomeUnknown);
    expect(reading).toBeInstanceOf(Unavailable);
    expect(`${String(writing)} ${String(reading)}`).not.toContain('Ann');
  });
});
