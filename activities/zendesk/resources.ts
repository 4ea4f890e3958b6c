import type { Account, Api } from '../business-system.ts';
import type { Applied, KeepingApi, ResourcePlan, ResourceStep, Resources, Wanted } from '../resources.ts';
import { DestinationGone, Refused } from '../system-error.ts';
import { textOf } from '../../src/domain/json.ts';
import { Nothing } from './answers.ts';
import { callZendesk, sentence } from './client.ts';
import { keptOf } from './mail-condition.ts';
import { addCondition, removeCondition } from './mail-edit.ts';
import { planConditions, planConditionsAway } from './mail-plan.ts';
import { isTriggerAsWanted, putTrigger, readTriggers, TriggerAnswer, wantedTrigger } from './trigger.ts';
import type { Trigger } from './trigger.ts';
import { createWebhook, faultOf, readSecret, readWebhooks, repairWebhook, signingSecretOf } from './webhook.ts';
import type { Webhook, Webhooks } from './webhook.ts';

/**
 * One webhook and one trigger for an account and installation, however many integrations share them, and a condition in each
 * trigger of others that would mail app users. Ours are found by what we stored, else by the installation's mark in their names,
 * so that a half-done install is completed and not doubled.
 */
export const resources: Resources = { plan, apply, byHand };

async function plan(wanted: Wanted, api: Api): Promise<ResourcePlan> {
  const webhooks = await readWebhooks(wanted, api);
  const triggers = await readTriggers(api);
  const ours = ourTriggers(triggers, wanted, api);
  const input = { triggers, kept: keptOf(api.data), hasCompany: webhooks.hasCompany };
  if (!wanted.present) {
    const { steps, notices } = planConditionsAway(input);
    return { steps: [...deletions(ours, webhooks), ...steps], notices };
  }
  const { steps, notices } = planConditions(input);
  const own = [...webhookSteps(webhooks.ours, wanted), ...(await secretSteps(webhooks.ours, wanted, api))];
  const spare = deletions(ours.slice(1), { ...webhooks, ours: undefined });
  return { steps: [...own, ...triggerSteps(ours[0], webhooks.ours), ...spare, ...steps], notices };
}

/** The one we know first, then others that bear its name. */
function ourTriggers(triggers: readonly Trigger[], { installation }: Wanted, { data }: Api): readonly Trigger[] {
  const { title } = wantedTrigger(installation, '');
  const isKnown = ({ id }: Trigger): boolean => id === data['triggerId'];
  return triggers
    .filter((trigger) => isKnown(trigger) || trigger.title === title)
    .toSorted((a, b) => Number(isKnown(b)) - Number(isKnown(a)));
}

function webhookSteps(webhook: Webhook | undefined, wanted: Wanted): readonly ResourceStep[] {
  if (webhook === undefined) return [{ name: 'createWebhook', summary: 'create the webhook', detail: {} }];
  const fault = faultOf(webhook, wanted);
  if (fault === undefined) return [];
  return [{ name: 'repairWebhook', summary: `set the webhook right: ${fault}`, detail: { id: webhook.id } }];
}

/** Somebody may have had Zendesk make a new one. */
async function secretSteps(webhook: Webhook | undefined, wanted: Wanted, api: Api): Promise<readonly ResourceStep[]> {
  const { signingSecretOf: known, signingSecret } = wanted.secrets;
  const isKnown = webhook !== undefined && known === webhook.id && signingSecret === (await signingSecretOf(webhook, api));
  return isKnown ? [] : [{ name: 'readSecret', summary: "read the webhook's signing secret", detail: {} }];
}

function triggerSteps(trigger: Trigger | undefined, webhook: Webhook | undefined): readonly ResourceStep[] {
  if (trigger === undefined) return [{ name: 'createTrigger', summary: 'create the trigger', detail: {} }];
  if (webhook !== undefined && isTriggerAsWanted(trigger, webhook.id)) return [];
  const fault = trigger.active ? 'it was edited' : 'it is inactive';
  return [{ name: 'repairTrigger', summary: `set our trigger right: ${fault}`, detail: { id: trigger.id } }];
}

/** Triggers go first: a webhook that a trigger uses may not be deleted. */
function deletions(triggers: readonly Trigger[], { ours, spare }: Webhooks): readonly ResourceStep[] {
  const webhooks = ours === undefined ? spare : [ours, ...spare];
  return [
    ...triggers.map(({ id }) => ({ name: 'deleteTrigger', summary: 'delete our trigger', detail: { id } })),
    ...webhooks.map(({ id }) => ({ name: 'deleteWebhook', summary: 'delete the webhook', detail: { id } })),
  ];
}

async function apply(step: ResourceStep, wanted: Wanted, api: KeepingApi): Promise<Applied> {
  const id = typeof step.detail['id'] === 'string' ? step.detail['id'] : '';
  switch (step.name) {
    case 'createWebhook':
      return await createWebhook(wanted, api);
    case 'repairWebhook':
      return await repairWebhook(id, wanted, api);
    case 'readSecret':
      return await readSecret(wanted, api);
    case 'createTrigger':
      return await createTrigger(wanted, api);
    case 'repairTrigger':
      return await repairTrigger(id, wanted, api);
    case 'deleteTrigger':
      return await deleteQuietly(api, `/api/v2/triggers/${id}`);
    case 'deleteWebhook':
      return await deleteQuietly(api, `/api/v2/webhooks/${id}`);
    case 'addCondition':
      return await addCondition(id, step.detail['beside'] === true, api);
    case 'removeCondition':
      return await removeCondition(id, api);
    default:
      throw new Error(`zendesk: there is no such step [step=${step.name}]`);
  }
}

async function createTrigger(wanted: Wanted, api: Api): Promise<Applied> {
  const { ours: webhook } = await readWebhooks(wanted, api);
  if (webhook === undefined) return {};
  const [there] = ourTriggers(await readTriggers(api), wanted, api);
  if (there !== undefined) return { data: { triggerId: there.id } };
  const body = { trigger: wantedTrigger(wanted.installation, webhook.id) };
  return await told('create our trigger', async () => {
    const created = await callZendesk(api, { method: 'POST', path: '/api/v2/triggers', body }, TriggerAnswer);
    return { data: { triggerId: created.body.trigger.id } };
  });
}

async function repairTrigger(id: string, wanted: Wanted, api: Api): Promise<Applied> {
  const { ours: webhook } = await readWebhooks(wanted, api);
  if (webhook === undefined) return {};
  return await told('set our trigger right', async () => {
    await putTrigger(api, id, wantedTrigger(wanted.installation, webhook.id));
    return { data: { triggerId: id } };
  });
}

/** A refusal in words that help. */
async function told(what: string, work: () => Promise<Applied>): Promise<Applied> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof DestinationGone)) throw error;
    const advice =
      'See in Admin Center → Objects and rules → Triggers whether your plan takes one more, and whether the user who connected may manage triggers.';
    throw new Refused(`Zendesk does not let us ${what}: ${sentence(error.message)} ${advice}`, { cause: error });
  }
}

async function deleteQuietly(api: Api, path: string): Promise<Applied> {
  try {
    await callZendesk(api, { method: 'DELETE', path }, Nothing);
  } catch (error) {
    if (!(error instanceof Refused && error.status === 404)) throw error;
  }
  return {};
}

function byHand(wanted: Wanted, { key, data }: Account): readonly string[] {
  const webhook = textOf(wanted.secrets, 'signingSecretOf');
  const trigger = textOf(data, 'triggerId');
  const { title } = wantedTrigger(wanted.installation, '');
  const where = `Our access to Zendesk ${key} ended before all of ours was removed there.`;
  return [
    ...(trigger === '' ? [] : [`${where} Delete the trigger '${title}' (id ${trigger}).`]),
    ...(webhook === '' ? [] : [`${where} Delete the webhook with the id ${webhook}.`]),
    ...Object.entries(keptOf(data).conditions).map(
      ([id, kept]) =>
        `${where} Remove the condition 'Tags – contains none of – smooch' from the trigger '${kept.title}' (id ${id}).`,
    ),
  ];
}
