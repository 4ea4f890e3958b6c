import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { json, noContent } from '../../answer.ts';
import { bodyAs } from '../../exchange.ts';
import type { ApiRoute, Call } from '../call.ts';
import { paginate } from '../paging.ts';
import { webhookProblem } from '../problem.ts';
import { triggers } from '../triggers/trigger.ts';
import { authenticationSchema, BY_TRIGGERS, type Webhook, webhookJson, webhookOr404, webhooks } from './webhook.ts';
import { ulid } from './ulid.ts';

const given = z.object({
  name: z.string().min(1),
  description: z.string().nullable().optional(),
  endpoint: z.url({ protocol: /^https?$/ }),
  http_method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  request_format: z.enum(['json', 'xml', 'form_encoded']),
  status: z.enum(['active', 'inactive']),
  subscriptions: z.array(z.string()).optional(),
  authentication: authenticationSchema.nullable().optional(),
  custom_headers: z.record(z.string(), z.string()).nullable().optional(),
});

const partial = given.partial();

const route = (method: string, path: string, answer: ApiRoute['answer']): ApiRoute => ({
  method,
  path: `/webhooks${path}`,
  resource: 'webhooks',
  allowed: 'admin',
  answer,
});

/** `/api/v2/webhooks`: making and changing webhooks. */
export const webhookRoutes: readonly ApiRoute[] = [
  route('GET', '', async (call) => {
    const { items, envelope } = paginate(call, await matching(call), (webhook) => webhook.id);
    return json(200, { webhooks: items.map(webhookJson), ...envelope });
  }),
  route('POST', '', async (call) => json(201, { webhook: webhookJson(await createWebhook(call)) })),
  route('GET', '/:id', async (call) =>
    json(200, { webhook: webhookJson(await webhookOr404(call.session.store, call.params.id)) }),
  ),
  route('PUT', '/:id', (call) => changeWebhook(call, body(call, z.object({ webhook: given })).webhook)),
  route('PATCH', '/:id', (call) => changeWebhook(call, body(call, z.object({ webhook: partial })).webhook)),
  route('DELETE', '/:id', async (call) => {
    const webhook = await webhookOr404(call.session.store, call.params.id);
    await refuseInUse(call, webhook);
    await call.session.store.remove(webhooks, webhook.id);
    return noContent();
  }),
];

function body<T>(call: Call, schema: z.ZodType<T>): T {
  const parsed = bodyAs(call.exchange, schema);
  if (parsed?.success) return parsed.data;
  const issue = parsed?.error.issues[0];
  const where = issue?.path.join('.') ?? 'body';
  throw webhookProblem(400, 'InvalidParameter', `${where}: ${issue?.message ?? 'the body is not JSON'}`);
}

async function matching(call: Call): Promise<readonly Webhook[]> {
  const { query } = call.exchange;
  const name = query.get('filter[name_contains]')?.toLowerCase() ?? '';
  const status = query.get('filter[status]');
  const all = await call.session.store.list(webhooks);
  const found = all.filter(
    (webhook) => webhook.name.toLowerCase().includes(name) && (status === null || webhook.status === status),
  );
  const sort = query.get('sort')?.replace(/^-/, '');
  if (sort === 'name') found.sort((a, b) => a.name.localeCompare(b.name));
  if (sort === 'status') found.sort((a, b) => a.status.localeCompare(b.status));
  return query.get('sort')?.startsWith('-') ? found.toReversed() : found;
}

async function createWebhook(call: Call): Promise<Webhook> {
  const { now, store } = call.session;
  const input = body(call, z.object({ webhook: given })).webhook;
  const subscriptions = input.subscriptions ?? [];
  refuseMixture(subscriptions);
  const { maxWebhooks } = call.session.state.settings;
  if ((await store.list(webhooks)).length >= maxWebhooks)
    throw webhookProblem(400, 'TrialLimitReached', `trial accounts are limited to ${maxWebhooks} webhooks`);
  const webhook: Webhook = {
    ...input,
    id: ulid(now),
    description: input.description ?? null,
    subscriptions,
    authentication: input.authentication ?? null,
    custom_headers: input.custom_headers ?? null,
    signing_secret: randomBytes(32).toString('base64'),
    created_at: now,
    created_by: call.user.id,
    updated_at: now,
    updated_by: call.user.id,
  };
  await store.put(webhooks, webhook);
  return webhook;
}

async function changeWebhook(call: Call, input: z.infer<typeof partial>) {
  const webhook = await webhookOr404(call.session.store, call.params.id);
  const subscriptions = input.subscriptions ?? webhook.subscriptions;
  refuseMixture(subscriptions);
  if (subscriptions.includes(BY_TRIGGERS) !== webhook.subscriptions.includes(BY_TRIGGERS)) {
    throw webhookProblem(400, 'InvalidSubscription', 'a webhook cannot change between triggers and events');
  }
  const defined = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const changed: Webhook = { ...webhook, ...defined, subscriptions, updated_at: call.session.now, updated_by: call.user.id };
  await call.session.store.put(webhooks, changed);
  return noContent();
}

function refuseMixture(subscriptions: readonly string[]): void {
  if (!subscriptions.includes(BY_TRIGGERS) || subscriptions.length === 1) return;
  throw webhookProblem(400, 'InvalidSubscription', `${BY_TRIGGERS} cannot be combined with other subscriptions`);
}

/** Undocumented at Zendesk; the careful caller deletes the trigger first. */
async function refuseInUse(call: Call, webhook: Webhook): Promise<void> {
  const using = (await call.session.store.list(triggers)).filter((trigger) =>
    trigger.actions.some(
      (action) => action.field === 'notification_webhook' && Array.isArray(action.value) && action.value[0] === webhook.id,
    ),
  );
  if (using.length === 0) return;
  throw webhookProblem(400, 'WebhookInUse', `the webhook is used by ${using.map((trigger) => `"${trigger.title}"`).join(', ')}`);
}
