import type { Effect, RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import { retryAfter } from '../http.ts';
import type { HttpAnswer, HttpRequest } from '../http.ts';
import { RateLimited, Refused, Unavailable } from '../system-error.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { textOf } from '../../src/domain/json.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';

/** Answers after which the Smooch API did not repeat a request either. */
const FINAL = new Set([400, 401, 403, 404, 406]);

/** Posts one batch to the webhook's target. */
export async function perform(effect: Effect, api: Api): Promise<RemoteRef> {
  const answer = await api.request({
    method: 'POST',
    url: textOf(api.data, 'target'),
    body: bodyOf(effect),
    writes: true,
    timeoutMs: 20 * SECOND,
    guarded: true,
  });
  if (answer.status >= 200 && answer.status < 300) return { ids: [], label: 'the webhook' };
  throw refusal(answer, api.now());
}

/** The webhook's secret travels in a header. */
export const authorize = (request: HttpRequest, credentials: JsonObject): HttpRequest => ({
  ...request,
  headers: { ...request.headers, 'x-api-key': textOf(credentials, 'secret') },
});

function refusal(answer: HttpAnswer, now: number): Error {
  const message = `the webhook answers ${answer.status}`;
  if (FINAL.has(answer.status)) return new Refused(message, { status: answer.status });
  if (answer.status === 429) {
    return new RateLimited(message, { status: 429, until: retryAfter(answer, now) ?? now + MINUTE, scope: 'thread' });
  }
  return new Unavailable(message, { status: answer.status });
}

const bodyOf = (effect: Effect): JsonObject => {
  const payload = effect.write['payload'];
  return typeof payload === 'object' && payload !== null && !isList(payload) ? payload : {};
};

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
