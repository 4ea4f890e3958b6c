import { Agent, request as send } from 'undici';
import type { Dispatcher } from 'undici';
import type { JsonObject } from '../src/domain/json.ts';
import { OutcomeUnknown, Unavailable } from './system-error.ts';
import { guardedLookup, refuseUrl, UrlRefused } from './url-guard.ts';
import type { AllowedNetworks } from './url-guard.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | Uint8Array | JsonObject;
  /** Whether it matters if a request that was not answered arrived. */
  readonly writes: boolean;
  readonly timeoutMs: number;
  /** Limits of the account that the call takes a slot of, besides `api`. */
  readonly scopes?: readonly string[];
  /** The address was typed by a user of Deskbridge: it must not lead into the operator's own network. */
  readonly guarded?: boolean;
  /** The answer is wanted as bytes, of which there may be so many. */
  readonly maxBytes?: number;
  /** The system that is called, for whoever counts. */
  readonly system?: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Where they were asked for; then there is no text. */
  readonly bytes?: Uint8Array;
}

/**
 * Sends one request. Never follows redirects, never repeats.
 *
 * @throws {Unavailable} when the request certainly did not arrive, or only wanted to read.
 * @throws {OutcomeUnknown} when a writing request may have arrived.
 */
export type Http = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpAnswer>;

/** The same, for requests to one system. */
export const httpOf =
  (http: Http, system: string): Http =>
  (request, signal) =>
    http({ ...request, system }, signal);

/** An answer of more bytes than this is given up. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** The same for answers that are read as text. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;

/** Codes of errors that happen before the first byte of a request is sent. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

export function createHttp(options: { readonly allowedNetworks: AllowedNetworks }): Http & { close(): Promise<void> } {
  const common = { connect: { timeout: 5_000 }, maxResponseSize: MAX_ANSWER_BYTES };
  const open = new Agent(common);
  const guarded = new Agent({ ...common, connect: { ...common.connect, lookup: guardedLookup(options.allowedNetworks) } });
  const http: Http = async (request, signal) => {
    const deadline = AbortSignal.timeout(request.timeoutMs);
    try {
      if (request.guarded) refuseUrl(request.url, options.allowedNetworks);
      const answer = await send(request.url, {
        method: request.method,
        headers: headersOf(request),
        body: bodyOf(request) ?? null,
        dispatcher: request.guarded ? guarded : open,
        signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
      });
      const bytes = await readBytes(answer.body, request.maxBytes ?? MAX_TEXT_BYTES);
      const head = { status: answer.statusCode, headers: flatten(answer.headers) };
      return request.maxBytes === undefined ? { ...head, text: bytes.toString('utf8') } : { ...head, text: '', bytes };
    } catch (cause) {
      throw translate(request, cause, deadline.aborted);
    }
  };
  return Object.assign(http, { close: async () => void (await Promise.all([open.close(), guarded.close()])) });
}

/** An answer has more bytes than the caller takes. */
class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

async function readBytes(body: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    // Leaving the loop ends the connection.
    if (length > most) throw new AnswerTooLarge(`more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** An answer's body as JSON, or `undefined` where it is none: vendors answer errors in plain text, too. */
export function jsonOf(answer: HttpAnswer): unknown {
  try {
    const value: unknown = JSON.parse(answer.text);
    return value;
  } catch {
    return undefined;
  }
}

/** When an answer says to come back, in epoch milliseconds. `Retry-After` in seconds or as a date. */
export function retryAfter(answer: HttpAnswer, now: number): number | undefined {
  const value = answer.headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return now + Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(now, date);
}

/** Method and address for messages: without query, which may carry secrets. */
export function nameOf(request: HttpRequest): string {
  const url = URL.parse(request.url);
  return `${request.method} ${url === null ? '(invalid address)' : url.origin + url.pathname}`;
}

function translate(request: HttpRequest, cause: unknown, timedOut: boolean): Error {
  const code = codeOf(cause);
  if (cause instanceof UrlRefused) return new Unavailable(`${nameOf(request)}: ${cause.message}`, { cause });
  if (cause instanceof AnswerTooLarge && !request.writes)
    return new Unavailable(`${nameOf(request)}: ${cause.message}`, { cause });
  const what = timedOut ? `no answer within ${request.timeoutMs / 1_000} s` : (code ?? 'connection failed');
  const message = `${nameOf(request)}: ${what}`;
  const notSent = code !== undefined && NOT_SENT.has(code);
  return request.writes && !notSent ? new OutcomeUnknown(message, { cause }) : new Unavailable(message, { cause });
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}

function headersOf(request: HttpRequest): Record<string, string> {
  const isJson = request.body !== undefined && typeof request.body !== 'string' && !(request.body instanceof Uint8Array);
  return {
    accept: 'application/json',
    'user-agent': 'Deskbridge',
    ...(isJson ? { 'content-type': 'application/json' } : {}),
    ...request.headers,
  };
}

function bodyOf(request: HttpRequest): string | Uint8Array | undefined {
  if (request.body === undefined || typeof request.body === 'string' || request.body instanceof Uint8Array) return request.body;
  return JSON.stringify(request.body);
}

function flatten(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
