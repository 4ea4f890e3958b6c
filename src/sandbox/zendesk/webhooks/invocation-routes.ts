import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { DAY } from '../../../domain/time.ts';
import { json } from '../../answer.ts';
import { bodyAs } from '../../exchange.ts';
import type { ApiRoute, Call } from '../call.ts';
import { paginate } from '../paging.ts';
import { webhookProblem } from '../problem.ts';
import { attemptJson, type Invocation, invocationJson, invocations } from './invocation.ts';
import { postWebhook } from './post-webhook.ts';
import { TEST_SECRET, webhookHeaders } from './sign.ts';
import { ulid } from './ulid.ts';
import { type Webhook, webhookOr404, webhooks } from './webhook.ts';

const route = (method: string, path: string, answer: ApiRoute['answer']): ApiRoute => ({
  method,
  path: `/webhooks${path}`,
  resource: 'webhooks',
  allowed: 'admin',
  answer,
});

const secretAnswer = (status: number, secret: string) => json(status, { signing_secret: { algorithm: 'SHA256', secret } });

/** `/api/v2/webhooks`: secrets, invocations and test calls. `/webhooks/test` comes before `:id`. */
export const invocationRoutes: readonly ApiRoute[] = [
  route('POST', '/test', testCall),
  route('GET', '/:id/signing_secret', async (call) => secretAnswer(200, (await webhookOf(call)).signing_secret)),
  route('POST', '/:id/signing_secret', async (call) => {
    const secret = randomBytes(32).toString('base64');
    await call.session.store.put(webhooks, { ...(await webhookOf(call)), signing_secret: secret, updated_at: call.session.now });
    return secretAnswer(201, secret);
  }),
  route('GET', '/:id/invocations', async (call) => {
    const all = await kept(call);
    const { items, envelope } = paginate(call, all, (invocation) => invocation.id);
    return json(200, { invocations: items.map(invocationJson), ...envelope });
  }),
  route('GET', '/:id/invocations/:invocation/attempts', async (call) => {
    const invocation = (await kept(call)).find((one) => one.id === call.params.invocation);
    if (!invocation) throw webhookProblem(404, 'InvocationNotFound', 'Invocation not found');
    return json(200, { attempts: invocation.attempts.map((attempt) => attemptJson(invocation, attempt)) });
  }),
];

const webhookOf = (call: Call): Promise<Webhook> => webhookOr404(call.session.store, call.params.id);

/** Newest first, of the last seven days. */
async function kept(call: Call): Promise<readonly Invocation[]> {
  const all = await call.session.store.list(invocations, { group: (await webhookOf(call)).id, descending: true });
  return all.filter((invocation) => invocation.created_at > call.session.now - 7 * DAY);
}

const testBody = z.object({
  request: z
    .object({
      endpoint: z.url().optional(),
      http_method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
      payload: z.string().optional(),
    })
    .optional(),
});

/** Calls a webhook, or one that is only being thought of, and says what came back. */
async function testCall(call: Call) {
  const id = call.exchange.query.get('webhook_id');
  const existing = id === null ? undefined : await webhookOr404(call.session.store, id);
  const parsed = bodyAs(call.exchange, testBody);
  if (!parsed?.success) throw webhookProblem(400, 'InvalidParameter', 'the request is malformed');
  const {
    endpoint = existing?.endpoint,
    http_method = existing?.http_method ?? 'POST',
    payload = '',
  } = parsed.data.request ?? {};
  if (endpoint === undefined) throw webhookProblem(400, 'InvalidParameter', 'request.endpoint is missing');
  const { now, state } = call.session;
  const webhook = existing ?? { id: ulid(now), signing_secret: TEST_SECRET, authentication: null, custom_headers: null };
  const headers = webhookHeaders({ webhook, accountId: state.accountId, invocationId: ulid(now), body: payload, now });
  const post = { webhook: { endpoint, http_method }, headers, body: payload, timeoutMs: state.settings.webhookTimeoutMs };
  return async () => {
    const outcome = await postWebhook(post);
    return json(200, { response: { status: outcome.status, payload: outcome.response, headers: [] } });
  };
}
