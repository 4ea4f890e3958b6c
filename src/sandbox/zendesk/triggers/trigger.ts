import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { Kind, Store } from '../../store.ts';
import { stamp } from '../account/session.ts';
import { recordNotFound } from '../problem.ts';

/** Conditions and actions are kept as they were sent, with fields that are not known here. */
export const conditionSchema = z
  .object({ field: z.string(), operator: z.string().optional(), value: z.json().optional() })
  .catchall(z.json());
export const actionSchema = z.object({ field: z.string(), value: z.json().optional() }).catchall(z.json());
export type Condition = z.infer<typeof conditionSchema>;
export type Action = z.infer<typeof actionSchema>;

const triggerSchema = z.object({
  id: z.number(),
  title: z.string(),
  description: z.string().nullable(),
  active: z.boolean(),
  position: z.number(),
  category_id: z.string(),
  conditions: z.object({ all: z.array(conditionSchema), any: z.array(conditionSchema) }),
  actions: z.array(actionSchema),
  default: z.boolean(),
  /** Set when a Zendesk app owns the trigger. */
  app_installation: z.record(z.string(), z.json()).nullable(),
  created_at: z.number(),
  updated_at: z.number(),
});
export type Trigger = z.infer<typeof triggerSchema>;

export const triggers: Kind<Trigger> = {
  name: 'trigger',
  schema: triggerSchema,
  id: (trigger) => trigger.id,
  position: (trigger) => trigger.position,
};

const categorySchema = z.object({
  id: z.string(),
  name: z.string(),
  position: z.number(),
  created_at: z.number(),
  updated_at: z.number(),
});
export type TriggerCategory = z.infer<typeof categorySchema>;

export const triggerCategories: Kind<TriggerCategory> = {
  name: 'trigger-category',
  schema: categorySchema,
  id: (category) => category.id,
  position: (category) => category.position,
};

/** @throws {Refusal} 404 */
export async function triggerOr404(store: Store, id: string | undefined): Promise<Trigger> {
  const trigger = id === undefined ? undefined : await store.get(triggers, id);
  if (!trigger) throw recordNotFound();
  return trigger;
}

export function triggerJson(url: string, trigger: Trigger): JsonObject {
  const { app_installation, ...shown } = trigger;
  return {
    ...shown,
    url: `${url}/api/v2/triggers/${trigger.id}.json`,
    raw_title: trigger.title,
    created_at: stamp(trigger.created_at),
    updated_at: stamp(trigger.updated_at),
  };
}

export const categoryJson = (category: TriggerCategory): JsonObject => ({
  ...category,
  created_at: stamp(category.created_at),
  updated_at: stamp(category.updated_at),
});
