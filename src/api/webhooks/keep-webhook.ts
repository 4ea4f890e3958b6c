import type { z } from 'zod';
import { updateWebhook } from '../../db/webhooks/change.ts';
import { createWebhook, MOST_WEBHOOKS } from '../../db/webhooks/create.ts';
import type { AppId, WebhookId } from '../../domain/ids.ts';
import type { Version } from '../call.ts';
import type { ApiDeps } from '../deps.ts';
import { badRequest } from '../problem.ts';
import { rolesOf } from './triggers.ts';
import type { webhookSchemas } from './webhook-body.ts';

export type WebhookSchemas = ReturnType<typeof webhookSchemas>;

/**
 * Makes a webhook of an app.
 * @throws {Problem} 400 when it has as many as it may have.
 */
export async function makeWebhook(
  deps: ApiDeps,
  {
    app,
    version,
    wanted,
  }: { readonly app: AppId; readonly version: Version; readonly wanted: z.output<WebhookSchemas['whole']> },
): Promise<WebhookId> {
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
  return id;
}

/** Changes what is given of a webhook, which also repairs one that was parked. @returns whether there is such a webhook. */
export const changeWebhook = (
  deps: ApiDeps,
  webhook: { readonly app: AppId; readonly id: WebhookId },
  wanted: z.output<WebhookSchemas['change']>,
): Promise<boolean> =>
  updateWebhook(deps.db, deps.vault, webhook, (was) => {
    const target = wanted.target ?? was.target;
    const triggers = wanted.triggers ?? was.triggers;
    return {
      target,
      triggers,
      takes: rolesOf(triggers),
      version: was.version === 'v1' ? 'v1' : 'v1.1',
      includeClient: wanted.includeClient ?? was.include_client,
      includeFullAppUser: wanted.includeFullAppUser ?? was.include_full_app_user,
      label: labelOf(appFacts(deps).label, target),
    };
  });

/** Webhooks are delivered by a system like the others, which says how. */
function appFacts({ systems }: ApiDeps) {
  const app = systems.find(({ name }) => name === 'app');
  if (app === undefined) throw new Error('the system "app", which delivers webhooks, is not registered');
  return app.facts;
}

const labelOf = (label: string, target: string): string => `${label} ${URL.parse(target)?.host ?? ''}`;
