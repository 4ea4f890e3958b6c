import { isId, toId } from '../../domain/ids.ts';
import type { WebhookId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import { removeWebhook, updateWebhook } from '../../db/webhooks/change.ts';
import { createWebhook, MOST_WEBHOOKS } from '../../db/webhooks/create.ts';
import { findWebhook, listWebhooks } from '../../db/webhooks/read.ts';
import type { StoredWebhook } from '../../db/webhooks/read.ts';
import type { Answer } from '../answer.ts';
import type { AppCall } from '../call.ts';
import type { ApiDeps } from '../deps.ts';
import { withoutNulls } from '../fields.ts';
import { parse } from '../parse.ts';
import { badRequest, notFound } from '../problem.ts';
import { appRoute } from '../route.ts';
import type { Route } from '../route.ts';
import { rolesOf } from './triggers.ts';
import { webhookSchemas } from './webhook-body.ts';

type Schemas = ReturnType<typeof webhookSchemas>;

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

async function create(deps: ApiDeps, schemas: Schemas, call: AppCall): Promise<Answer> {
  const { app, version } = call;
  const wanted = parse(schemas.whole, withoutNulls(call.body));
  const { label, windowMs } = appFacts(deps);
  const id = await createWebhook(deps.db, deps.vault, {
    ...wanted,
    app,
    version,
    takes: rolesOf(wanted.triggers),
    label: labelOf(label, wanted.target),
    windowMs,
    now: deps.clock.now(),
  });
  if (id === undefined) throw badRequest(`webhooks: expected at most ${MOST_WEBHOOKS} of one app; delete one first`);
  return await show(deps, { ...call, id }, 201);
}

async function change(deps: ApiDeps, schemas: Schemas, call: AppCall): Promise<Answer> {
  const wanted = parse(schemas.change, withoutNulls(call.body));
  const { label } = appFacts(deps);
  const isThere = await updateWebhook(deps.db, deps.vault, { app: call.app, id: idOf(call) }, (webhook) => {
    const target = wanted.target ?? webhook.target;
    const triggers = wanted.triggers ?? webhook.triggers;
    return {
      target,
      triggers,
      takes: rolesOf(triggers),
      version: webhook.version === 'v1' ? 'v1' : 'v1.1',
      includeClient: wanted.includeClient ?? webhook.include_client,
      includeFullAppUser: wanted.includeFullAppUser ?? webhook.include_full_app_user,
      label: labelOf(label, target),
    };
  });
  if (!isThere) throw noSuchWebhook();
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

/** Webhooks are delivered by a system like the others, which says how. */
function appFacts({ systems }: ApiDeps) {
  const app = systems.find(({ name }) => name === 'app');
  if (app === undefined) throw new Error('the system "app", which delivers webhooks, is not registered');
  return app.facts;
}

const labelOf = (label: string, target: string): string => `${label} ${URL.parse(target)?.host ?? ''}`;

const wireWebhook = (webhook: StoredWebhook): JsonObject => ({
  _id: webhook.id,
  target: webhook.target,
  triggers: webhook.triggers,
  secret: webhook.secret,
  version: webhook.version,
  includeClient: webhook.include_client,
  includeFullAppUser: webhook.include_full_app_user,
});
