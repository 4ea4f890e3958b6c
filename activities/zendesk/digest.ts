import { createHash } from 'node:crypto';
import type { JsonObject } from '../../src/domain/json.ts';

/** Names a content, in so many hexadecimal digits. */
export const digest = (value: JsonObject, length: number): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, length);

/** Tells details that we wrote from what somebody made of them, whatever line ends Zendesk gives back. */
export const detailsDigest = (text: string): string => digest({ details: text.replaceAll('\r\n', '\n').trim() }, 12);
