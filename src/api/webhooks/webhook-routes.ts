import { isId, toId } from '../../domain/ids.ts';
import type { WebhookId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import { removeWebhook } from '../../db/webhooks/change.ts';
import { findWebhook, listWebhooks } from '../../db/webhooks/read.ts';
import type { StoredWebhook } from '../../db/webhooks/read.ts';
import type { Answer } from '../answer.ts';
import type { AppCall } from '../call.ts';
import type { ApiDeps } from '../deps.ts';
import { withoutNulls } from '../fields.ts';
import { parse } from '../parse.ts';
import { notFound } from '../problem.ts';
import { appRoute } from '../route.ts';
import type { Route } from '../route.ts';
import { changeWebhook, makeWebhook } from './keep-webhook.ts';
import type { WebhookSchemas } from './keep-webhook.ts';
import { webhookSchemas } from './webhook-body.ts';

/** The app's webhooks. The version of their payload is that of the path they were made under. */
export function webhookRoutes(deps: ApiDeps): readonly Route[] {
  const schemas = webhookSchemas(deps.allowedNetworks);
  return [
    appRoute('post', '/webhooks', (call) => create(deps, schemas, call)),
    appRoute('get', '/webhooks', async ({ app }) => {
      const webhooks = await listWebhooks(deps.db, deps.vault, app);
      return { status: 200, body: { webhooks: webhooks.map(wireWebhook) } };
    }),
    appRoute('get', '/webhooks/:id', (call) => show(deps, call, 200)),
    appRoute('put', '/webhooks/:id', (call) => change(deps, schemas, call)),
    appRoute('delete', '/webhooks/:id', (call) => remove(deps, call)),
  ];
}

async function create(deps: ApiDeps, schemas: WebhookSchemas, call: AppCall): Promise<Answer> {
  const wanted = parse(schemas.whole, withoutNulls(call.body));
  const id = await makeWebhook(deps, { app: call.app, version: call.version, wanted });
  return await show(deps, { ...call, id }, 201);
}

async function change(deps: ApiDeps, schemas: WebhookSchemas, call: AppCall): Promise<Answer> {
  const wanted = parse(schemas.change, withoutNulls(call.body));
  if (!(await changeWebhook(deps, { app: call.app, id: idOf(call) }, wanted))) throw noSuchWebhook();
  return await show(deps, call, 200);
}

async function remove(deps: ApiDeps, call: AppCall): Promise<Answer> {
  if (!(await removeWebhook(deps.db, call.app, idOf(call), deps.clock.now()))) throw noSuchWebhook();
  return { status: 200, body: {} };
}

async function show(deps: ApiDeps, call: AppCall, status: number): Promise<Answer> {
  const webhook = await findWebhook(deps.db, deps.vault, call.app, idOf(call));
  if (webhook === undefined) throw noSuchWebhook();
  return { status, body: { webhook: wireWebhook(webhook) } };
}

const noSuchWebhook = () => notFound('there is no such webhook', 'webhook');

function idOf({ id }: AppCall): WebhookId {
  if (!isId(id)) throw noSuchWebhook();
  return toId<WebhookId>(id);
}

const wireWebhook = (webhook: StoredWebhook): JsonObject => ({
  _id: webhook.id,
  target: webhook.target,
  triggers: webhook.triggers,
  secret: webhook.secret,
  version: webhook.version,
  includeClient: webhook.include_client,
  includeFullAppUser: webhook.include_full_app_user,
});
