import { z } from 'zod';
import type { ZendeskSession } from '../account/session.ts';
import { invalidField } from '../problem.ts';
import { isForTriggers, webhooks } from '../webhooks/webhook.ts';
import { isConditionField } from './conditions.ts';
import { type Action, actionSchema, conditionSchema, type Trigger, triggerCategories } from './trigger.ts';

const conditionList = z.array(conditionSchema);

export const triggerBody = z.object({
  trigger: z.object({
    title: z.string().optional(),
    description: z.string().nullable().optional(),
    active: z.boolean().optional(),
    position: z.number().int().optional(),
    category_id: z.union([z.string(), z.number().transform(String)]).optional(),
    conditions: z.object({ all: conditionList.default([]), any: conditionList.default([]) }).optional(),
    /** The deprecated way to send conditions. */
    all: conditionList.optional(),
    any: conditionList.optional(),
    actions: z.array(actionSchema).optional(),
  }),
});
type Given = z.infer<typeof triggerBody>['trigger'];

type Checked = Omit<Given, 'conditions' | 'all' | 'any'> & { readonly conditions: Trigger['conditions'] | undefined };

/**
 * A trigger as sent, with the deprecated form of conditions made the current one.
 * @throws {Refusal} 422 on an empty list, a field that does not exist, or a webhook that triggers cannot call
 */
export async function checkedTrigger(session: ZendeskSession, given: Given): Promise<Checked> {
  const { all, any, ...rest } = given;
  const conditions = given.conditions ?? (all || any ? { all: all ?? [], any: any ?? [] } : undefined);
  if (given.title?.trim() === '') throw invalidField('title', 'Title: cannot be blank', 'BlankValue');
  if (conditions) checkConditions(conditions);
  if (given.actions) await checkActions(session, given.actions);
  if (given.category_id !== undefined && !(await session.store.get(triggerCategories, given.category_id))) {
    throw invalidField('category_id', 'Category: does not exist', 'InvalidValue');
  }
  return { ...rest, conditions };
}

function checkConditions(conditions: Trigger['conditions']): void {
  const every = [...conditions.all, ...conditions.any];
  if (every.length === 0) throw invalidField('base', 'Conditions: at least one is required', 'BlankValue');
  const unknown = every.find((condition) => !isConditionField(condition.field));
  if (unknown) throw invalidField('base', `Conditions: ${unknown.field} is not a valid field`, 'InvalidValue');
}

async function checkActions(session: ZendeskSession, actions: readonly Action[]): Promise<void> {
  if (actions.length === 0) throw invalidField('base', 'Actions: at least one is required', 'BlankValue');
  for (const action of actions) {
    if (action.field !== 'notification_webhook') continue;
    const id = Array.isArray(action.value) ? action.value[0] : undefined;
    const webhook = typeof id === 'string' ? await session.store.get(webhooks, id) : undefined;
    if (!webhook || !isForTriggers(webhook))
      throw invalidField('base', 'Actions: the webhook does not exist or is not for triggers', 'InvalidValue');
  }
}
