import { z } from 'zod';
import type { Api, Applied, ResourceStep, Resources, Wanted } from '../business-system.ts';
import { Refused } from '../system-error.ts';
import { Nothing } from './answers.ts';
import { callZendesk } from './client.ts';
import { isTriggerAsWanted, TriggerAnswer, TriggersAnswer, wantedTrigger } from './trigger.ts';
import type { Trigger } from './trigger.ts';

const Webhook = z.looseObject({ id: z.string(), name: z.string(), endpoint: z.string(), status: z.string() });
const WebhookAnswer = z.object({ webhook: Webhook });
const WebhooksAnswer = z.object({ webhooks: z.array(Webhook) });
const SecretAnswer = z.object({ signing_secret: z.object({ secret: z.string() }) });

/**
 * One webhook and one trigger for an account and installation, however many integrations share them. Found by what we stored, else
 * by the installation's mark in their names, so that a half-done install is completed and not doubled.
 */
export const resources: Resources = { plan, apply };

async function plan(wanted: Wanted, api: Api): Promise<readonly ResourceStep[]> {
  const webhook = await findWebhook(wanted, api);
  const trigger = await findTrigger(wanted, api);
  return wanted.present ? planInstall(wanted, webhook, trigger) : planRemoval(webhook, trigger);
}

function planInstall(
  wanted: Wanted,
  webhook: z.infer<typeof Webhook> | undefined,
  trigger: Trigger | undefined,
): readonly ResourceStep[] {
  const steps: ResourceStep[] = [];
  if (webhook === undefined) steps.push({ name: 'createWebhook', summary: 'create the webhook', detail: {} });
  else if (webhook.endpoint !== wanted.hookUrl || webhook.status !== 'active') {
    steps.push({ name: 'repairWebhook', summary: 'set the webhook right', detail: { id: webhook.id } });
  }
  const knownSecret = wanted.secrets['signingSecretOf'];
  if (webhook === undefined || knownSecret !== webhook.id) {
    steps.push({ name: 'readSecret', summary: "read the webhook's signing secret", detail: {} });
  }
  if (trigger === undefined) steps.push({ name: 'createTrigger', summary: 'create the trigger', detail: {} });
  else if (webhook === undefined || !isTriggerAsWanted(trigger, webhook.id)) {
    steps.push({ name: 'repairTrigger', summary: 'set the trigger right', detail: { id: trigger.id } });
  }
  return steps;
}

/** The trigger goes first: a webhook that a trigger uses may not be deleted. */
function planRemoval(webhook: z.infer<typeof Webhook> | undefined, trigger: Trigger | undefined): readonly ResourceStep[] {
  return [
    ...(trigger === undefined ? [] : [{ name: 'deleteTrigger', summary: 'delete the trigger', detail: { id: trigger.id } }]),
    ...(webhook === undefined ? [] : [{ name: 'deleteWebhook', summary: 'delete the webhook', detail: { id: webhook.id } }]),
  ];
}

async function apply(step: ResourceStep, wanted: Wanted, api: Api): Promise<Applied> {
  const id = typeof step.detail['id'] === 'string' ? step.detail['id'] : '';
  switch (step.name) {
    case 'createWebhook':
      return await createWebhook(wanted, api);
    case 'repairWebhook':
      await callZendesk(
        api,
        { method: 'PATCH', path: `/api/v2/webhooks/${id}`, body: { webhook: wantedWebhook(wanted) } },
        Nothing,
      );
      return {};
    case 'readSecret':
      return await readSecret(wanted, api);
    case 'createTrigger':
      return await createTrigger(wanted, api);
    case 'repairTrigger': {
      const webhook = await findWebhook(wanted, api);
      const trigger = wantedTrigger(wanted.installation, webhook?.id ?? '');
      await callZendesk(api, { method: 'PUT', path: `/api/v2/triggers/${id}`, body: { trigger } }, TriggerAnswer);
      return {};
    }
    case 'deleteTrigger':
      await deleteQuietly(api, `/api/v2/triggers/${id}`);
      return {};
    case 'deleteWebhook':
      await deleteQuietly(api, `/api/v2/webhooks/${id}`);
      return {};
    default:
      return {};
  }
}

/** Someone may have created it since the plan: nothing is made twice. */
async function createWebhook(wanted: Wanted, api: Api): Promise<Applied> {
  if ((await findWebhook(wanted, api)) !== undefined) return {};
  await callZendesk(api, { method: 'POST', path: '/api/v2/webhooks', body: { webhook: wantedWebhook(wanted) } }, WebhookAnswer);
  return {};
}

async function readSecret(wanted: Wanted, api: Api): Promise<Applied> {
  const webhook = await findWebhook(wanted, api);
  if (webhook === undefined) return {};
  const { body } = await callZendesk(api, { method: 'GET', path: `/api/v2/webhooks/${webhook.id}/signing_secret` }, SecretAnswer);
  const former = wanted.secrets['signingSecret'];
  const secrets = { signingSecret: body.signing_secret.secret, signingSecretOf: webhook.id };
  return { secrets: typeof former === 'string' ? { ...secrets, formerSigningSecret: former } : secrets };
}

async function createTrigger(wanted: Wanted, api: Api): Promise<Applied> {
  const webhook = await findWebhook(wanted, api);
  if (webhook === undefined || (await findTrigger(wanted, api)) !== undefined) return {};
  const trigger = wantedTrigger(wanted.installation, webhook.id);
  await callZendesk(api, { method: 'POST', path: '/api/v2/triggers', body: { trigger } }, TriggerAnswer);
  return {};
}

async function findWebhook(wanted: Wanted, api: Api): Promise<z.infer<typeof Webhook> | undefined> {
  const name = nameOf(wanted);
  const path = `/api/v2/webhooks?filter[name_contains]=${encodeURIComponent(wanted.installation)}`;
  const { body } = await callZendesk(api, { method: 'GET', path }, WebhooksAnswer);
  return body.webhooks.find((webhook) => webhook.name === name);
}

async function findTrigger(wanted: Wanted, api: Api): Promise<Trigger | undefined> {
  const { title } = wantedTrigger(wanted.installation, '');
  const { body } = await callZendesk(api, { method: 'GET', path: '/api/v2/triggers?page[size]=100' }, TriggersAnswer);
  return body.triggers.find((trigger) => trigger.title === title);
}

/** @see https://developer.zendesk.com/api-reference/webhooks/webhooks-api/webhooks/ */
const wantedWebhook = (wanted: Wanted) => ({
  name: nameOf(wanted),
  endpoint: wanted.hookUrl,
  http_method: 'POST',
  request_format: 'json',
  status: 'active',
  subscriptions: ['conditional_ticket_events'],
});

const nameOf = (wanted: Wanted): string => `Deskbridge (${wanted.installation})`;

async function deleteQuietly(api: Api, path: string): Promise<void> {
  try {
    await callZendesk(api, { method: 'DELETE', path }, Nothing);
  } catch (error) {
    if (!(error instanceof Refused && error.status === 404)) throw error;
  }
}
