import { describe, expect, it } from 'vitest';
import { sign, verify } from '../../activities/slack/signature.ts';
import { SignatureInvalid } from '../../activities/system-error.ts';
import { SIGNING_SECRET, signed } from './support/signed.ts';

const NOW = 1_531_420_618_000;
const MINUTE = 60_000;

describe('the signature of Slack', () => {
  it('is made as Slack’s own documentation makes it', () => {
    const body = Buffer.from(
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    );
    expect(sign(SIGNING_SECRET, '1531420618', body)).toBe('v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503');
  });

  it.each([0, 5 * MINUTE, -5 * MINUTE])('is believed %i ms later', (age) => {
    expect(() => verify(signed('{}', NOW), [SIGNING_SECRET], NOW + age)).not.toThrow();
  });

  it.each([5 * MINUTE + 1_000, -(5 * MINUTE + 1_000)])('is not believed %i ms later', (age) => {
    expect(() => verify(signed('{}', NOW), [SIGNING_SECRET], NOW + age)).toThrow(SignatureInvalid);
  });

  it('may be made with either of two secrets, while one takes the other’s place', () => {
    expect(() => verify(signed('{}', NOW, 'application/json', 'old'), ['new', 'old'], NOW)).not.toThrow();
  });

  it.each([
    ['of another body', { body: Buffer.from('{ }') }],
    ['of another secret', signed('{}', NOW, 'application/json', 'other')],
    ['that is missing', { headers: { 'x-slack-request-timestamp': String(NOW / 1_000) } }],
    ['without a time', { headers: { 'x-slack-signature': 'v0=00' } }],
    ['cut short', { headers: { ...signed('{}', NOW).headers, 'x-slack-signature': 'v0=a2' } }],
    ['with a time that is no number', { headers: { ...signed('{}', NOW).headers, 'x-slack-request-timestamp': '1e9' } }],
    ['with no time at all', { headers: { ...signed('{}', NOW).headers, 'x-slack-request-timestamp': '' } }],
  ])('is not believed %s', (_what, change) => {
    expect(() => verify({ ...signed('{}', NOW), ...change }, [SIGNING_SECRET], NOW)).toThrow(SignatureInvalid);
  });

  it('is never believed without a secret to check it with', () => {
    expect(() => verify(signed('{}', NOW, 'application/json', ''), [], NOW)).toThrow(SignatureInvalid);
  });
});
