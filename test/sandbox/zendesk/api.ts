/** An answer, as it came. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What stands at a path in the body; undefined where there is nothing. */
  at(...path: readonly (string | number)[]): unknown;
  /** A number at a path. @throws when there is none */
  id(...path: readonly (string | number)[]): number;
  /** The length of the list at a path, `undefined` when there is none. */
  count(...path: readonly (string | number)[]): number | undefined;
}

type Sent = string | Buffer | object | undefined;
type Extra = Readonly<Record<string, string>>;

export type Api = ReturnType<typeof createApi>;

/** A client of an account that sends what it is told, and judges nothing. */
export function createApi(url: string, token?: string) {
  const call = async (method: string, path: string, sent?: Sent, headers: Extra = {}): Promise<Reply> => {
    const body = typeof sent === 'object' && !Buffer.isBuffer(sent) ? JSON.stringify(sent) : sent;
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(typeof sent === 'object' && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
    return replyOf(response, await response.text());
  };
  return {
    url,
    call,
    get: (path: string) => call('GET', `/api/v2${path}`),
    post: (path: string, sent: Sent, headers?: Extra) => call('POST', `/api/v2${path}`, sent, headers),
    put: (path: string, sent: Sent) => call('PUT', `/api/v2${path}`, sent),
    delete: (path: string, sent?: Sent) => call('DELETE', `/api/v2${path}`, sent),
  };
}

function replyOf(response: Response, text: string): Reply {
  const value = parsed(text);
  const at: Reply['at'] = (...path) => path.reduce(step, value);
  return {
    status: response.status,
    headers: response.headers,
    text,
    at,
    id(...path) {
      const found = at(...path);
      if (typeof found !== 'number') throw new Error(`no number at ${path.join('.')} [status=${response.status}, body=${text}]`);
      return found;
    },
    count(...path) {
      const found = at(...path);
      return Array.isArray(found) ? found.length : undefined;
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const step = (value: unknown, key: string | number): unknown =>
  typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
