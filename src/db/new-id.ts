import { randomBytes } from 'node:crypto';
import { toId } from '../domain/ids.ts';
import type { AnyId } from '../domain/ids.ts';

/** Makes a new id: 24 hexadecimal characters, of which the first eight are the time, so that ids sort by age. */
export function newId<T extends AnyId>(): T {
  const seconds = Math.floor(Date.now() / 1_000);
  return toId<T>(seconds.toString(16).padStart(8, '0') + randomBytes(8).toString('hex'));
}
