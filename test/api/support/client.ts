import { SignJWT } from 'jose';
import type { JWTPayload } from 'jose';
import type { NewKey } from '../../../src/db/apps.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** As JSON, where it is. */
  readonly body: unknown;
  /** A string in the body, by its path. */
  at(...path: readonly (string | number)[]): string;
}

export type Client = (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Reply>;

/** A client that sends what it is told. A body that is no string is sent as JSON. */
export const createClient =
  (url: string, authorization?: string): Client =>
  async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && {
        body: typeof body === 'string' || body instanceof Uint8Array ? asBody(body) : JSON.stringify(body),
      }),
    });
    return replyOf(response.status, response.headers, await response.text());
  };

/** The statuses of answers to requests that were sent at once, in order. */
export const statusesOf = (replies: readonly { readonly status: number }[]): readonly number[] =>
  replies.map(({ status }) => status).toSorted((a, b) => a - b);

export const basic = ({ keyId, secret }: NewKey): string => `Basic ${Buffer.from(`${keyId}:${secret}`).toString('base64')}`;

/** A token as clients make them. */
export async function bearer(
  key: NewKey,
  payload: JWTPayload,
  options: { readonly alg?: string; readonly kid?: string } = {},
): Promise<string> {
  const token = await new SignJWT(payload)
    .setProtectedHeader({ alg: options.alg ?? 'HS256', typ: 'JWT', kid: options.kid ?? key.keyId })
    .sign(new TextEncoder().encode(key.secret));
  return `Bearer ${token}`;
}

function replyOf(status: number, headers: Headers, text: string): Reply {
  const body = parse(text);
  return { status, headers, text, body, at: (...path) => String(path.reduce(step, body)) };
}

function parse(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return undefined;
  }
}

const step = (value: unknown, key: string | number): unknown =>
  typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;

const asBody = (body: string | Uint8Array): string | Blob =>
  typeof body === 'string' ? body : new Blob([Uint8Array.from(body)]);
