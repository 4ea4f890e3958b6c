import express from 'express';
import type { Request, Response } from 'express';
import { isPlainObject } from './plain-object.ts';
import { badRequest } from './problem.ts';

const LIMIT = '100kb';
/** Deeper than any body that means something. */
const MAX_DEPTH = 32;

/** Whatever the content type says, the body is JSON: some clients name none. */
const parse = express.json({ limit: LIMIT, strict: false, type: () => true });

/**
 * Reads a JSON body; none at all is an empty object.
 * @throws {Problem} 400 when it is not JSON or holds what cannot be stored, 413 when it is more than 100 KB.
 */
export async function readBody(request: Request, response: Response): Promise<unknown> {
  await new Promise<void>((resolve, reject) => {
    parse(request, response, (error: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  const body: unknown = request.body;
  return storable(body ?? {}, []);
}

/**
 * The same value, as PostgreSQL takes it: half of a surrogate pair, as a text cut at a fixed length may end with, becomes U+FFFD.
 * @throws {Problem} 400 for NUL characters, which it does not take, and for nesting without end.
 */
export function storable(value: unknown, path: readonly string[]): unknown {
  const field = path.length === 0 ? 'body' : path.slice(0, 3).join('.');
  if (path.length > MAX_DEPTH) throw badRequest(`${field}: expected no more than ${MAX_DEPTH} levels of nesting`);
  if (typeof value === 'string') return storableText(value, field);
  if (Array.isArray(value)) return value.map((item, index) => storable(item, [...path, String(index)]));
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    storableText(key, field),
    storable(inner, [...path, storableText(key, field)]),
  ]);
  return Object.fromEntries(entries);
}

function storableText(text: string, field: string): string {
  if (text.includes('\0')) throw badRequest(`${field}: expected text without NUL characters`);
  return text.toWellFormed();
}
