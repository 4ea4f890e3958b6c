import type { Request } from 'express';
import type { z } from 'zod';

/** A request as plain data. */
export interface Exchange {
  readonly method: string;
  /** Below the account, without the query: `/tickets/1`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The raw bytes, as sent. */
  readonly body: Buffer;
}

/** Reads an Express request whose body was parsed with `express.raw`. */
export function toExchange(request: Request<object>): Exchange {
  const url = new URL(request.url, 'http://sandbox.invalid');
  const body: unknown = request.body;
  const headers = Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]);
  return {
    method: request.method,
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
  };
}

/** The same below a part of the address: `/sandbox/faults` below `/sandbox` is `/faults`. `undefined` when it is elsewhere. */
export function below(exchange: Exchange, prefix: string): Exchange | undefined {
  const isBelow = exchange.path === prefix || exchange.path.startsWith(`${prefix}/`);
  return isBelow ? { ...exchange, path: exchange.path.slice(prefix.length) } : undefined;
}

/** The body as JSON or, when a form was sent, as an object of strings. Nothing sent is an empty object. */
export function parsedBody(exchange: Exchange): unknown {
  const content = exchange.body.toString('utf8');
  if (content.trim() === '') return {};
  const isForm = exchange.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  return isForm ? Object.fromEntries(new URLSearchParams(content)) : JSON.parse(content);
}

/** The body through a schema; `undefined` when it does not fit or is not JSON. */
export function bodyAs<T>(exchange: Exchange, schema: z.ZodType<T>): z.ZodSafeParseResult<T> | undefined {
  try {
    return schema.safeParse(parsedBody(exchange));
  } catch {
    return undefined;
  }
}
