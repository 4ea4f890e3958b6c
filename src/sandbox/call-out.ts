/** A call that a vendor makes. */
export interface CallOut {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Real milliseconds for the whole exchange. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** How it went. `status` is null when there was no answer, and `error` says why. */
export interface Outcome {
  readonly status: number | null;
  readonly error: 'timeout' | 'unreachable' | null;
  readonly headers: Headers;
  readonly response: string;
}

/** Makes one call. Redirects are not followed. Never throws. */
export async function callOut(call: CallOut): Promise<Outcome> {
  const timeout = AbortSignal.timeout(call.timeoutMs);
  try {
    const response = await fetch(call.url, {
      method: call.method,
      headers: call.headers,
      redirect: 'manual',
      signal: call.signal ? AbortSignal.any([timeout, call.signal]) : timeout,
      ...(call.method === 'GET' ? {} : { body: call.body }),
    });
    return { status: response.status, error: null, headers: response.headers, response: await response.text() };
  } catch {
    return { status: null, error: timeout.aborted ? 'timeout' : 'unreachable', headers: new Headers(), response: '' };
  }
}

export const isSuccess = ({ status }: Pick<Outcome, 'status'>): boolean => status !== null && status >= 200 && status < 300;
