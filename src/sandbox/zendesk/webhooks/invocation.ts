import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { Kind } from '../../store.ts';
import { stamp, stampOrNull } from '../account/session.ts';

const attemptSchema = z.object({
  id: z.string(),
  /** Epoch milliseconds. */
  at: z.number(),
  /** Of the answer; null when there was none. */
  status: z.number().nullable(),
  /** Why there was no answer. */
  error: z.enum(['timeout', 'unreachable']).nullable(),
  /** In seconds, as the answer said. */
  retry_after: z.number().nullable(),
  /** The beginning of the answer. */
  response: z.string(),
});
export type Attempt = z.infer<typeof attemptSchema>;

const invocationSchema = z.object({
  id: z.string(),
  /** Rises from one to the next. */
  seq: z.number(),
  webhook_id: z.string(),
  /** `lost`: a scripted fault swallowed it. */
  status: z.enum(['pending', 'success', 'failed', 'timeout', 'lost']),
  url: z.string(),
  body: z.string(),
  created_at: z.number(),
  completed_at: z.number().nullable(),
  attempts: z.array(attemptSchema),
});

/** One call of a webhook, with all attempts to make it. */
export type Invocation = z.infer<typeof invocationSchema>;

export const invocations: Kind<Invocation> = {
  name: 'invocation',
  schema: invocationSchema,
  id: (invocation) => invocation.id,
  group: (invocation) => invocation.webhook_id,
  position: (invocation) => invocation.seq,
};

const deliverySchema = z.object({ id: z.number(), invocation_id: z.string(), due_at: z.number() });

/** A call that is still to be made. Kept until it is over, so that a restart loses none. */
export type Delivery = z.infer<typeof deliverySchema>;

export const deliveries: Kind<Delivery> = {
  name: 'delivery',
  schema: deliverySchema,
  id: (delivery) => delivery.id,
  position: (delivery) => delivery.due_at,
};

export const invocationJson = (invocation: Invocation): JsonObject => ({
  id: invocation.id,
  status: invocation.status,
  latest_completed_at: stampOrNull(invocation.completed_at),
});

export const attemptJson = (invocation: Invocation, attempt: Attempt): JsonObject => ({
  id: attempt.id,
  invocation_id: invocation.id,
  status: attempt.error ?? (attempt.status !== null && attempt.status < 300 ? 'success' : 'failed'),
  status_code: attempt.status,
  completed_at: stamp(attempt.at),
  request: { method: 'POST', url: invocation.url, payload: invocation.body },
  response: { status: attempt.status, payload: attempt.response },
});
