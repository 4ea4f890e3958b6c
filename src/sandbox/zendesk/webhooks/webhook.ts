import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { Kind, Store } from '../../store.ts';
import { stamp } from '../account/session.ts';
import { webhookProblem } from '../problem.ts';

const position = z.literal('header').default('header');
export const authenticationSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('bearer_token'), data: z.object({ token: z.string() }), add_position: position }),
  z.object({
    type: z.literal('basic_auth'),
    data: z.object({ username: z.string(), password: z.string() }),
    add_position: position,
  }),
  z.object({ type: z.literal('api_key'), data: z.object({ name: z.string(), value: z.string() }), add_position: position }),
]);

const webhookSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  endpoint: z.string(),
  http_method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  request_format: z.enum(['json', 'xml', 'form_encoded']),
  status: z.enum(['active', 'inactive']),
  subscriptions: z.array(z.string()),
  authentication: authenticationSchema.nullable(),
  custom_headers: z.record(z.string(), z.string()).nullable(),
  signing_secret: z.string(),
  created_at: z.number(),
  created_by: z.number(),
  updated_at: z.number(),
  updated_by: z.number(),
});
export type Webhook = z.infer<typeof webhookSchema>;

export const webhooks: Kind<Webhook> = {
  name: 'webhook',
  schema: webhookSchema,
  id: (webhook) => webhook.id,
  position: (webhook) => webhook.created_at,
};

/** The subscription of webhooks that triggers call. It cannot stand beside others. */
export const BY_TRIGGERS = 'conditional_ticket_events';

/** Whether a trigger may name this webhook. */
export const isForTriggers = (webhook: Webhook): boolean => webhook.subscriptions.includes(BY_TRIGGERS);

/** @throws {Refusal} 404 */
export async function webhookOr404(store: Store, id: string | undefined): Promise<Webhook> {
  const webhook = id === undefined ? undefined : await store.get(webhooks, id);
  if (!webhook) throw webhookProblem(404, 'WebhookNotFound', 'Webhook not found');
  return webhook;
}

/** A webhook as the API shows it: no secrets. */
export function webhookJson(webhook: Webhook): JsonObject {
  const { signing_secret, authentication, ...shown } = webhook;
  return {
    ...shown,
    authentication: authentication && { type: authentication.type, add_position: authentication.add_position },
    created_at: stamp(webhook.created_at),
    created_by: String(webhook.created_by),
    updated_at: stamp(webhook.updated_at),
    updated_by: String(webhook.updated_by),
  };
}
