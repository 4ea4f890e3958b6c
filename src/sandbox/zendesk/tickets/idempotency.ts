import { createHash } from 'node:crypto';
import { z } from 'zod';
import { HOUR } from '../../../domain/time.ts';
import { type Answer, withHeaders } from '../../answer.ts';
import type { Kind } from '../../store.ts';
import type { Call } from '../call.ts';
import { badRequest } from '../problem.ts';

const keptSchema = z.object({ key: z.string(), hash: z.string(), status: z.number(), body: z.string(), expires_at: z.number() });
const kept: Kind<z.infer<typeof keptSchema>> = {
  name: 'idempotency-key',
  schema: keptSchema,
  id: (row) => row.key,
  position: (row) => row.expires_at,
};

const LIFE_MS = 2 * HOUR;

/**
 * Answers a call with the same `Idempotency-Key` again as before, for two hours.
 * @throws {Refusal} 400 when the body is not the same to the byte.
 */
export async function idempotent(call: Call, work: () => Promise<Answer>): Promise<Answer> {
  const key = call.exchange.headers['idempotency-key'];
  if (key === undefined) return work();
  if (key.length > 255) throw badRequest('IdempotentRequestError', 'The idempotency key is too long');
  const { store, now } = call.session;
  const hash = createHash('sha256').update(call.exchange.body).digest('hex');
  const before = await store.get(kept, key);
  if (before && before.expires_at > now) {
    if (before.hash !== hash)
      throw badRequest('IdempotentRequestError', "Request parameters don't match the given idempotency key");
    const headers = { 'content-type': 'application/json; charset=utf-8', 'x-idempotency-lookup': 'hit' };
    return { status: before.status, headers, body: before.body };
  }
  const answer = await work();
  const body = typeof answer.body === 'string' ? answer.body : '';
  await store.put(kept, { key, hash, status: answer.status, body, expires_at: now + LIFE_MS });
  return withHeaders(answer, { 'x-idempotency-lookup': 'miss' });
}
