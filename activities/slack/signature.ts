import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RawRequest } from '../inbound.ts';
import { SignatureInvalid } from '../system-error.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';

/** Slack's own tolerance, to both sides: clocks disagree, too. */
const MAX_AGE_MS = 5 * MINUTE;

/**
 * Verifies that Slack signed these very bytes, now.
 * @param secrets any of them will do: during a change there are two.
 * @param now epoch milliseconds.
 * @throws {SignatureInvalid}
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function verify(raw: RawRequest, secrets: readonly string[], now: number): void {
  const signature = raw.headers['x-slack-signature'];
  const timestamp = raw.headers['x-slack-request-timestamp'];
  if (signature === undefined || timestamp === undefined) throw new SignatureInvalid('slack: the request is not signed');
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * SECOND) > MAX_AGE_MS)
    throw new SignatureInvalid(`slack: the signature is not of these five minutes [timestamp=${timestamp.slice(0, 20)}]`);
  const given = Buffer.from(signature);
  const fits = secrets.some((secret) => {
    const expected = Buffer.from(sign(secret, timestamp, raw.body));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!fits) throw new SignatureInvalid('slack: the signature does not fit the body');
}

export const sign = (secret: string, timestamp: string, body: Uint8Array): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
