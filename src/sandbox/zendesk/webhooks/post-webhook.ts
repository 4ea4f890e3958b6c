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
export async function postWebhook(post: Post): Promise<Outcome> {
  const timeout = AbortSignal.timeout(post.timeoutMs);
  try {
    const response = await fetch(post.webhook.endpoint, {
      method: post.webhook.http_method,
      headers: post.headers,
      redirect: 'manual',
      signal: post.signal ? AbortSignal.any([timeout, post.signal]) : timeout,
      ...(post.webhook.http_method === 'GET' ? {} : { body: post.body }),
    });
    const content = (await response.text()).slice(0, 1_000);
    return {
      status: response.status,
      error: null,
      retry_after: secondsOf(response.headers.get('retry-after')),
      response: content,
    };
  } catch {
    return { status: null, error: timeout.aborted ? 'timeout' : 'unreachable', retry_after: null, response: '' };
  }
}

function secondsOf(header: string | null): number | null {
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) ? seconds : null;
}
