import { callOut } from '../../call-out.ts';
import type { Webhook } from './webhook.ts';

export interface Outcome {
  readonly status: number | null;
  readonly error: 'timeout' | 'unreachable' | null;
  readonly retry_after: number | null;
  readonly response: string;
}

export interface Post {
  readonly webhook: Pick<Webhook, 'endpoint' | 'http_method'>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Real milliseconds for the whole exchange. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Makes one call. Redirects are not followed. Never throws. */
export async function postWebhook({ webhook, ...call }: Post): Promise<Outcome> {
  const { status, error, headers, response } = await callOut({ ...call, url: webhook.endpoint, method: webhook.http_method });
  return { status, error, retry_after: secondsOf(headers.get('retry-after')), response: response.slice(0, 1_000) };
}

function secondsOf(header: string | null): number | null {
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) ? seconds : null;
}
