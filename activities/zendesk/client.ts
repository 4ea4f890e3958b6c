import { z } from 'zod';
import type { Account, Api } from '../business-system.ts';
import { jsonOf, retryAfter } from '../http.ts';
import type { HttpAnswer, HttpRequest } from '../http.ts';
import {
  CredentialsRevoked,
  DestinationGone,
  OutcomeUnknown,
  RateLimited,
  Refused,
  ThreadClosed,
  ThreadGone,
  Unavailable,
} from '../system-error.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { textOf } from '../../src/domain/json.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { parseTicketLimit } from './limits.ts';
import { vendorWords } from '../vendor-words.ts';

export const TIMEOUT_MS = 10 * SECOND;

export interface ZendeskCall {
  readonly method: HttpRequest['method'];
  /** Below the account's address: "/api/v2/tickets". */
  readonly path: string;
  readonly body?: JsonObject | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly scopes?: readonly string[];
  readonly timeoutMs?: number;
  /** What a 404 means for the caller. */
  readonly missing?: 'thread';
}

/**
 * Calls Zendesk and checks the answer.
 * @throws {SystemError} of the kind that says what to do.
 * @see https://developer.zendesk.com/api-reference/introduction/requests/
 */
export async function callZendesk<T>(
  api: Api,
  call: ZendeskCall,
  schema: z.ZodType<T>,
): Promise<{ body: T; answer: HttpAnswer }> {
  const request = requestOf(api, call);
  const answer = await api.request(request);
  if (answer.status < 200 || answer.status > 299) throw refusal(call, answer, api);
  const parsed = schema.safeParse(answer.text === '' ? {} : jsonOf(answer));
  if (parsed.success) return { body: parsed.data, answer };
  const message = `Zendesk answered ${describe(call)} in an unexpected form: ${z.prettifyError(parsed.error)}`;
  throw request.writes ? new OutcomeUnknown(message) : new Unavailable(message);
}

/** Zendesk's addresses are built from the subdomain alone, never from what somebody typed as a host. */
export const baseUrl = (account: Pick<Account, 'operator'>, subdomain: string): string =>
  (account.operator['url'] ?? '').replace('{subdomain}', subdomain).replace(/\/+$/, '');

function requestOf(api: Api, call: ZendeskCall): HttpRequest {
  return {
    method: call.method,
    url: baseUrl(api, api.key) + call.path,
    writes: call.method !== 'GET',
    timeoutMs: call.timeoutMs ?? TIMEOUT_MS,
    ...(call.body === undefined ? {} : { body: call.body }),
    ...(call.headers === undefined ? {} : { headers: call.headers }),
    ...(call.scopes === undefined ? {} : { scopes: call.scopes }),
  };
}

/** A ticket is closed, or has all the comments that Zendesk allows (5,000). */
const TAKES_NO_MORE = /closed prevents ticket update|TooManyComments|cannot have more than [\d,]+ comments/i;

function refusal(call: ZendeskCall, answer: HttpAnswer, api: Api): Error {
  const { status } = answer;
  const message = `Zendesk answers ${status} to ${describe(call)}${reasonOf(call, answer)}`;
  switch (status) {
    case 401:
      return new CredentialsRevoked('Zendesk no longer accepts our access. Connect the account again.', { status });
    case 402:
    case 403:
      return new DestinationGone(`${message}. ${whoLacks(api)}`, { status });
    case 404:
      return call.missing === 'thread' ? new ThreadGone(message, { status }) : new Refused(message, { status });
    case 409:
      return new Unavailable(message, { status });
    case 422:
      return TAKES_NO_MORE.test(answer.text) ? new ThreadClosed(message, { status }) : new Refused(message, { status });
    case 429:
      return new RateLimited(message, {
        status,
        until: retryAfter(answer, api.now()) ?? api.now() + MINUTE,
        scope: limitedScope(call, answer),
      });
    default:
      // What was sent under this key before had another body: it arrived.
      if (status === 400 && answer.text.includes('IdempotentRequestError')) return new OutcomeUnknown(message, { status });
      // The write may have happened before the error did.
      if (status >= 500)
        return call.method === 'GET' ? new Unavailable(message, { status }) : new OutcomeUnknown(message, { status });
      return new Refused(message, { status });
  }
}

const whoLacks = ({ data }: Api): string =>
  `The user who connected (${textOf(data, 'connectedAs') || 'an administrator'}) lacks a right, or the plan of this Zendesk a feature: see to that, or connect the account again as another administrator.`;

/**
 * Zendesk's text for a limit is not documented, so the headers decide: while the account has calls left, it is a limit of the
 * ticket, or of what the call counts as.
 */
function limitedScope({ scopes = [] }: ZendeskCall, answer: HttpAnswer): string {
  const left = Number(answer.headers['x-rate-limit-remaining'] ?? answer.headers['ratelimit-remaining'] ?? 0);
  if (left <= 0) return 'api';
  return parseTicketLimit(answer, 0)?.remaining === 0 ? 'thread' : (scopes[0] ?? 'api');
}

const Problem = z.object({
  error: z
    .union([
      z.string(),
      z.looseObject({ title: z.string(), message: z.string().optional() }).transform((e) => e.message ?? e.title),
    ])
    .optional(),
  description: z.string().optional(),
  details: z.unknown().optional(),
  /** Of the webhooks API. */
  errors: z.array(z.looseObject({ title: z.string() })).default([]),
});

/** Zendesk's own words on what was wrong. They name fields, and at times what stood in them. */
function reasonOf(call: ZendeskCall, answer: HttpAnswer): string {
  const problem = Problem.safeParse(jsonOf(answer));
  if (!problem.success) return '';
  const { error, description, details, errors } = problem.data;
  const said = description ?? error ?? errors.map(({ title }) => title).join(', ');
  const more = details === undefined ? '' : `: ${detailsIn(details)}`;
  const words = vendorWords(`${said === '' ? 'no reason given' : said}${more}`, call.body);
  return ` (${words.replace(/\.$/, '')})`;
}

/** By field; what is not about one field stands under `base`. */
const Details = z.record(z.string(), z.union([z.string(), z.array(z.looseObject({ description: z.string() }))]));

/** What people can read of it: Zendesk's sentences name the field. */
function detailsIn(details: unknown): string {
  const known = Details.safeParse(details);
  if (!known.success) return JSON.stringify(details);
  const said = Object.values(known.data).flatMap((one) => (typeof one === 'string' ? [one] : one.map((it) => it.description)));
  return said.join('; ');
}

/** Words of Zendesk's or ours, to go on after. */
export const sentence = (text: string): string => text.replace(/\.?$/, '.');

const describe = (call: ZendeskCall): string => `${call.method} ${call.path.split('?')[0] ?? call.path}`;
