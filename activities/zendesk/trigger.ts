import { z } from 'zod';
import type { Api } from '../business-system.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { callZendesk } from './client.ts';
import { pagesOf } from './pages.ts';
import { TAG } from './plan.ts';

const Condition = z.looseObject({ field: z.string(), operator: z.string().nullish(), value: z.unknown().optional() });
export type Condition = z.infer<typeof Condition>;

export const Trigger = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  title: z.string(),
  active: z.boolean(),
  conditions: z.object({ all: z.array(Condition).default([]), any: z.array(Condition).default([]) }),
  actions: z.array(z.looseObject({ field: z.string(), value: z.unknown().optional() })),
  updated_at: z.string().default(''),
  /** Set, where it was asked for, when a Zendesk app owns the trigger. */
  app_installation: z.unknown().optional(),
});
export type Trigger = z.infer<typeof Trigger>;

export const TriggerAnswer = z.object({ trigger: Trigger });
const TriggersAnswer = z.object({
  triggers: z.array(Trigger),
  meta: z.object({ has_more: z.boolean(), after_cursor: z.string().nullish() }).optional(),
});

/** All triggers of the account, the inactive ones as well, and which of them belong to apps. */
export async function readTriggers(api: Api): Promise<readonly Trigger[]> {
  const triggers: Trigger[] = [];
  const path = '/api/v2/triggers?include=app_installation';
  for await (const page of pagesOf(api, { path }, TriggersAnswer)) triggers.push(...page.triggers);
  return triggers;
}

/** Ids only: what people wrote is fetched, so that neither escaping nor the order of webhooks matters. */
const BODY =
  '{"v":1,"ticket_id":"{{ticket.id}}","comment_id":"{{ticket.latest_public_comment.id}}","updated_at":"{{ticket.updated_at_with_timestamp}}"}';

/** Every installation's trigger is called so, with its own name in brackets behind it. */
const TITLE = "Deskbridge: tell the app about agents' replies";

/** Whether a trigger is one of Deskbridge's, of this installation or another. */
export const isDeskbridges = (trigger: Trigger): boolean => trigger.title.startsWith(TITLE);

/**
 * Tells us of every public comment that an agent makes on a ticket of ours. Our own are among them, because they are made with an
 * agent's token: they are known by their ids.
 */
export const wantedTrigger = (installation: string, webhookId: string) =>
  ({
    title: `${TITLE} (${installation})`,
    active: true,
    conditions: {
      all: [
        { field: 'update_type', operator: 'is', value: 'Change' },
        { field: 'current_tags', operator: 'includes', value: TAG },
        { field: 'comment_is_public', operator: 'is', value: 'true' },
        { field: 'role', operator: 'is', value: 'agent' },
      ],
      any: [],
    },
    actions: [{ field: 'notification_webhook', value: [webhookId, BODY] }],
  }) satisfies JsonObject;

/** Whether a trigger does what ours should, whatever else Zendesk shows of it. */
export function isTriggerAsWanted(trigger: Trigger, webhookId: string): boolean {
  const wanted = wantedTrigger('', webhookId);
  return (
    trigger.active &&
    shape(trigger.conditions.all) === shape(wanted.conditions.all) &&
    trigger.conditions.any.length === 0 &&
    JSON.stringify(trigger.actions.map(({ field, value }) => [field, value])) ===
      JSON.stringify([['notification_webhook', [webhookId, BODY]]])
  );
}

interface Shape {
  readonly field: string;
  readonly operator?: string | null | undefined;
  readonly value?: unknown;
}

/** Conditions apart from their order and from how Zendesk writes values. */
const shape = (conditions: readonly Shape[]): string =>
  conditions
    .map(({ field, operator, value }) => `${field} ${operator ?? 'is'} ${String(value)}`)
    .toSorted((a, b) => a.localeCompare(b))
    .join('\n');

export const putTrigger = (api: Api, id: string, trigger: JsonObject) =>
  callZendesk(api, { method: 'PUT', path: `/api/v2/triggers/${id}`, body: { trigger } }, TriggerAnswer);
