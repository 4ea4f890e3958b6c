import express from 'express';
import type { Request, RequestHandler } from 'express';
import type { RawRequest } from '../../activities/inbound.ts';

/** Keeps the bytes of a body as they came: signatures are over them. */
export const rawBody: RequestHandler = express.raw({ limit: '1mb', type: () => true });

/** A request as the business systems look at it. */
export function rawRequest(request: Request): RawRequest {
  const body: unknown = request.body;
  return {
    method: request.method,
    headers: flat(request.headers),
    query: flat(request.query),
    body: body instanceof Uint8Array ? body : new Uint8Array(),
  };
}

/** The first of several values of one name. */
function flat(values: Readonly<Record<string, unknown>>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const first: unknown = Array.isArray(value) ? value[0] : value;
      return [name, typeof first === 'string' ? first : undefined];
    }),
  );
}
