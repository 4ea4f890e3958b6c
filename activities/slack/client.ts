import { z } from 'zod';
import type { Account, Api } from '../business-system.ts';
import { jsonOf, retryAfter } from '../http.ts';
import type { HttpAnswer, HttpRequest } from '../http.ts';
import { OutcomeUnknown, RateLimited, Unavailable } from '../system-error.ts';
import { LIMITED, refusalOf } from './refusals.ts';
import type { RefusalDetails } from './refusals.ts';
import { vendorWords } from '../vendor-words.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { SECOND } from '../../src/domain/time.ts';

export const TIMEOUT_MS = 10 * SECOND;
/** Slack always says when to come back; if it ever does not, then after this. */
const REST_MS = 30 * SECOND;

export interface SlackCall {
  /** "chat.postMessage". */
  readonly method: string;
  /** What is absent is left out; objects are sent as JSON. */
  readonly args?: JsonObject;
  readonly writes: boolean;
  /** Limits that the call counts against, the method's own last. */
  readonly scopes?: readonly string[];
  /** The call is about the channel of a conversation: what ails it ails the thread. */
  readonly inThread?: boolean;
}

export interface Done<T> {
  readonly body: T;
  readonly answer: HttpAnswer;
}

/**
 * Calls a method of Slack and checks the answer.
 * @throws {SystemError} of the kind that says what to do.
 * @see https://docs.slack.dev/apis/web-api/
 */
export async function callSlack<T>(api: Api, call: SlackCall, schema: z.ZodType<T>): Promise<Done<T>> {
  const result = await trySlack(api, call, schema, []);
  if (typeof result === 'string') throw new Error(`slack: ${call.method} expected no refusal`);
  return result;
}

/**
 * The same for a call that may be refused for reasons that its caller deals with.
 * @returns the reason, if it is one of `expected`.
 */
export async function trySlack<T>(
  api: Api,
  call: SlackCall,
  schema: z.ZodType<T>,
  expected: readonly string[],
): Promise<Done<T> | string> {
  const answer = await api.request(requestOf(api, call));
  const error = errorOf(call, answer, api.now());
  if (error !== undefined && expected.includes(error)) return error;
  if (error !== undefined) throw refusalOf(call, error, detailsIn(call, answer));
  const body = schema.safeParse(jsonOf(answer));
  if (body.success) return { body: body.data, answer };
  throw unclear(call, `Slack answered ${call.method} in an unexpected form: ${z.prettifyError(body.error)}`);
}

/** Where Slack is: the operator may lead it elsewhere. */
export const slackUrl = ({ operator }: Pick<Account, 'operator'>): string => (operator['url'] ?? '').replace(/\/+$/, '');

export const requestOf = (api: Pick<Account, 'operator'>, { method, args, writes, scopes }: SlackCall): HttpRequest => ({
  method: 'POST',
  url: `${slackUrl(api)}/api/${method}`,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: formOf(args ?? {}),
  writes,
  timeoutMs: TIMEOUT_MS,
  ...(scopes === undefined ? {} : { scopes }),
});

function formOf(args: JsonObject): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(args)) {
    if (value === undefined || value === null) continue;
    form.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return form.toString();
}

/** Codes are Slack's own words. Whatever else stands there may be anybody's. */
export const Code = z.string().regex(/^[a-z0-9_]{1,80}$/);
const Answer = z.looseObject({ ok: z.boolean(), error: Code.optional() });

/** Slack's code for what was wrong, or `undefined` when all is well. */
function errorOf(call: SlackCall, answer: HttpAnswer, now: number): string | undefined {
  const { status } = answer;
  if (status === 429) throw limited(call, retryAfter(answer, now) ?? now + REST_MS);
  if (status >= 500) throw unclear(call, `Slack answers ${status} to ${call.method}`, status);
  const parsed = Answer.safeParse(jsonOf(answer));
  // A page instead of an answer: Slack is being maintained, or something stands in between.
  if (!parsed.success) throw unclear(call, `Slack answers ${status} to ${call.method}, but not as an API`, status);
  if (parsed.data.ok) return undefined;
  const error = parsed.data.error ?? 'unknown_error';
  if (LIMITED.has(error)) throw limited(call, retryAfter(answer, now) ?? now + REST_MS);
  return error;
}

const limited = ({ method, scopes }: SlackCall, until: number): RateLimited =>
  new RateLimited(`Slack takes no ${method} for now`, { status: 429, until, scope: scopes?.at(-1) ?? 'api' });

/** The write may have happened before the error did. */
const unclear = ({ writes }: SlackCall, message: string, status?: number): Error => {
  const facts = status === undefined ? {} : { status };
  return writes ? new OutcomeUnknown(message, facts) : new Unavailable(message, facts);
};

const Details = z.looseObject({
  needed: z
    .string()
    .regex(/^[a-z:._, ]{1,200}$/)
    .optional(),
  response_metadata: z.looseObject({ messages: z.array(z.string()).default([]) }).optional(),
});

function detailsIn({ args }: SlackCall, answer: HttpAnswer): RefusalDetails {
  const details = Details.safeParse(jsonOf(answer)).data;
  return { needed: details?.needed, said: vendorWords(details?.response_metadata?.messages.join(' ') ?? '', args) };
}
