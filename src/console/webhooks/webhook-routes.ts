import { notFound, Problem } from '../../api/problem.ts';
import { parse } from '../../api/parse.ts';
import { changeWebhook, makeWebhook } from '../../api/webhooks/keep-webhook.ts';
import { webhookSchemas } from '../../api/webhooks/webhook-body.ts';
import { removeWebhook, renewWebhookSecret } from '../../db/webhooks/change.ts';
import { findWebhook } from '../../db/webhooks/read.ts';
import type { StoredWebhook } from '../../db/webhooks/read.ts';
import { isId, toId } from '../../domain/ids.ts';
import type { WebhookId } from '../../domain/ids.ts';
import { note } from '../note.ts';
import { appGet, appPost } from '../router.ts';
import type { ConsoleRoute } from '../router.ts';
import { done, refused } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';
import { resend } from './resend.ts';
import { listPage } from './webhook-list.ts';
import { webhookPage } from './webhook-page.ts';
import { bodyOf } from './webhook-form.ts';

/** The app's webhooks: what they hear, how they fare, what was sent to them. */
export const webhookRoutes: readonly ConsoleRoute[] = [
  appGet('/webhooks', (visit) => listPage(visit)),
  appPost('/webhooks', create),
  appGet('/webhooks/:id', async (visit) => await webhookPage(visit, await found(visit))),
  appPost('/webhooks/:id', change),
  appPost('/webhooks/:id/secret', renew),
  appPost('/webhooks/:id/resend', sendAgain),
  appPost('/webhooks/:id/delete', remove),
];

/** @throws {Problem} 404 when the app has no such webhook. */
async function found({ deps, app, ...visit }: AppVisit): Promise<StoredWebhook> {
  const id = visit.param('id');
  const webhook = isId(id) ? await findWebhook(deps.db, deps.vault, app.id, toId<WebhookId>(id)) : undefined;
  if (webhook === undefined) throw notFound('There is no such webhook. Perhaps it was deleted.');
  return webhook;
}

const hrefOf = ({ home }: AppVisit, id: string): string => `${home}/webhooks/${id}`;

async function create(visit: AppVisit): Promise<Reply> {
  const { deps, app, form } = visit;
  try {
    const wanted = parse(webhookSchemas(deps.allowedNetworks).whole, bodyOf(form));
    const id = await makeWebhook(deps, { app: app.id, version: 'v1.1', wanted });
    const webhook = await findWebhook(deps.db, deps.vault, app.id, id);
    await note(visit, 'created the webhook', wanted.target);
    return done(hrefOf(visit, id), 'The webhook hears what is said from now on. Its secret is shown now and never again.', {
      Secret: webhook?.secret ?? '',
    });
  } catch (error) {
    if (error instanceof Problem && error.status === 400) return await listPage(visit, error.message);
    throw error;
  }
}

async function change(visit: AppVisit): Promise<Reply> {
  const { deps, app, form } = visit;
  const webhook = await found(visit);
  try {
    const wanted = parse(webhookSchemas(deps.allowedNetworks).change, bodyOf(form));
    await changeWebhook(deps, { app: app.id, id: webhook.id }, wanted);
    await note(visit, 'changed the webhook', wanted.target ?? webhook.target);
    return done(hrefOf(visit, webhook.id), 'Saved. If it was parked, what was held is delivered now.');
  } catch (error) {
    if (error instanceof Problem && error.status === 400) return await webhookPage(visit, webhook, error.message);
    throw error;
  }
}

async function renew(visit: AppVisit): Promise<Reply> {
  const { deps, app } = visit;
  const { id, target } = await found(visit);
  const secret = await renewWebhookSecret(deps.db, deps.vault, { app: app.id, id, now: deps.clock.now() });
  if (secret === undefined) throw notFound('There is no such webhook. Perhaps it was deleted.');
  await note(visit, 'gave a new secret to the webhook', target);
  return done(hrefOf(visit, id), 'Requests carry the new secret from now on. It is shown now and never again.', {
    Secret: secret,
  });
}

async function sendAgain(visit: AppVisit): Promise<Reply> {
  const webhook = await found(visit);
  const href = hrefOf(visit, webhook.id);
  const sent = await resend(visit.deps, webhook, visit.form.get('effect') ?? '');
  if (sent === undefined) return refused(href, 'There is nothing to send again: it was not delivered yet.');
  await note(visit, 'sent a delivery again to the webhook', webhook.target);
  return sent.problem === undefined
    ? done(href, 'It was sent again, and taken.')
    : refused(href, `It was sent again, and not taken: ${sent.problem}.`);
}

async function remove(visit: AppVisit): Promise<Reply> {
  const { deps, app, home } = visit;
  const { id, target } = await found(visit);
  await removeWebhook(deps.db, app.id, id, deps.clock.now());
  await note(visit, 'deleted the webhook', target);
  return done(`${home}/webhooks`, 'The webhook is deleted: nothing more is sent to it.');
}
