import { createHmac } from 'node:crypto';
import { stamp } from '../account/session.ts';
import type { Webhook } from './webhook.ts';

/** The secret of test calls for a webhook that does not exist yet. Everybody knows it. */
export const TEST_SECRET = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';

/** The signature of a call: HMAC-SHA256 over timestamp and body, keyed with the secret as it stands, in base64. */
export const signature = (secret: string, timestamp: string, body: string): string =>
  createHmac('sha256', secret)
    .update(timestamp + body)
    .digest('base64');

export interface Signing {
  readonly webhook: Pick<Webhook, 'id' | 'signing_secret' | 'authentication' | 'custom_headers'>;
  readonly accountId: number;
  readonly invocationId: string;
  readonly body: string;
  readonly now: number;
}

/** All headers of a call: signature, ids, and the credentials that the webhook was given. */
export function webhookHeaders(signing: Signing): Readonly<Record<string, string>> {
  const { webhook, body } = signing;
  const timestamp = stamp(signing.now);
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Zendesk Webhook',
    ...webhook.custom_headers,
    ...credentials(webhook.authentication),
    'x-zendesk-account-id': String(signing.accountId),
    'x-zendesk-webhook-id': webhook.id,
    'x-zendesk-webhook-invocation-id': signing.invocationId,
    'x-zendesk-webhook-signature': signature(webhook.signing_secret, timestamp, body),
    'x-zendesk-webhook-signature-timestamp': timestamp,
  };
}

function credentials(authentication: Webhook['authentication']): Readonly<Record<string, string>> {
  if (authentication === null) return {};
  switch (authentication.type) {
    case 'bearer_token':
      return { authorization: `Bearer ${authentication.data.token}` };
    case 'basic_auth': {
      const { username, password } = authentication.data;
      return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
    }
    case 'api_key':
      return { [authentication.data.name]: authentication.data.value };
  }
}
