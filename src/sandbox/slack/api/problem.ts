import type { JsonObject } from '../../../domain/json.ts';
import { json, Refusal } from '../../answer.ts';

/** What Slack says when a call fails: 200 with `ok: false`. */
export const fail = (error: string, more: JsonObject = {}): Refusal => new Refusal(json(200, { ok: false, error, ...more }));

/** A wrong or missing argument. */
export const invalidArguments = (messages: readonly string[]): Refusal =>
  fail('invalid_arguments', { response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) } });

export const missingScope = (needed: readonly string[], provided: readonly string[]): Refusal =>
  fail('missing_scope', { needed: needed.join(','), provided: provided.join(',') });

/** 429: this method, in this workspace, by this app. */
export const rateLimited = (seconds: number): Refusal =>
  new Refusal(json(429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(seconds) }));
