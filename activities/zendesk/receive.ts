import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Hook, Inbound, RawRequest } from '../inbound.ts';
import { SignatureInvalid } from '../system-error.ts';
import { MINUTE } from '../../src/domain/time.ts';

/** Longer than Zendesk goes on trying; the future, for clocks that disagree. */
const MAX_AGE_MS = 15 * MINUTE;

/** What our trigger sends: ids only. The comments are fetched. */
const Body = z.object({
  v: z.literal(1),
  ticket_id: z.string().regex(/^\d+$/),
  comment_id: z.string(),
  updated_at: z.string(),
});

/**
 * Verifies a webhook and reads which ticket it is about.
 * @see https://developer.zendesk.com/documentation/webhooks/verifying/
 */
export function receive(raw: RawRequest, hook: Hook): readonly Inbound[] {
  verify(raw, hook);
  const body = Body.safeParse(parse(raw.body));
  if (!body.success) return [{ kind: 'ignored', reason: `not a notice of our trigger: ${z.prettifyError(body.error)}` }];
  const { ticket_id, comment_id, updated_at } = body.data;
  const remoteIds = /^\d+$/.test(comment_id) ? [`comment ${comment_id}`] : [];
  return [{ kind: 'notice', key: `ticket ${ticket_id} comment ${comment_id} at ${updated_at}`, thread: ticket_id, remoteIds }];
}

function verify(raw: RawRequest, hook: Hook): void {
  const signature = raw.headers['x-zendesk-webhook-signature'];
  const timestamp = raw.headers['x-zendesk-webhook-signature-timestamp'];
  const secrets = [hook.secrets['signingSecret'], hook.secrets['formerSigningSecret']].filter(
    (secret) => typeof secret === 'string',
  );
  if (signature === undefined || timestamp === undefined) throw new SignatureInvalid('zendesk: the request is not signed');
  const age = hook.now - Date.parse(timestamp);
  if (!(Math.abs(age) <= MAX_AGE_MS))
    throw new SignatureInvalid(`zendesk: the signature is not of this quarter of an hour [timestamp=${timestamp}]`);
  if (!secrets.some((secret) => isSignedWith(secret, { signature, timestamp, body: raw.body }))) {
    throw new SignatureInvalid('zendesk: the signature does not fit the body');
  }
}

function isSignedWith(
  secret: string,
  request: { readonly signature: string; readonly timestamp: string; readonly body: Uint8Array },
): boolean {
  const expected = createHmac('sha256', secret).update(request.timestamp).update(request.body).digest();
  const given = Buffer.from(request.signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function parse(body: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return value;
  } catch {
    return undefined;
  }
}
