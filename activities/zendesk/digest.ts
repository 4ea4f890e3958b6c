import { createHash } from 'node:crypto';
import type { JsonObject } from '../../src/domain/json.ts';

/** Names a content, in so many hexadecimal digits. */
export const digest = (value: JsonObject, length: number): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, length);
