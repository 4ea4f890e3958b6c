import { z } from 'zod';
import { json, Refusal } from '../../answer.ts';
import { type ApiRoute, type Call, idSchema, input } from '../call.ts';
import { paginate } from '../paging.ts';
import { invalidField, recordNotFound } from '../problem.ts';
import { categoryJson, triggerCategories, type TriggerCategory, triggerJson, triggerOr404, triggers } from './trigger.ts';

const manyBody = z.object({
  triggers: z.array(
    z.object({
      id: idSchema,
      position: z.number().optional(),
      active: z.boolean().optional(),
      category_id: z.string().optional(),
    }),
  ),
});
const categoryBody = z.object({ trigger_category: z.object({ name: z.string().min(1), position: z.number().optional() }) });

/** Changes of many triggers at once; before `/triggers/:id` in the table. */
export const triggerOrderRoutes: readonly ApiRoute[] = [
  { method: 'PUT', path: '/triggers/update_many', resource: 'triggers', allowed: 'admin', answer: updateMany },
  { method: 'PUT', path: '/triggers/reorder', resource: 'triggers', allowed: 'admin', answer: reorder },
];

async function updateMany(call: Call) {
  const { store, now } = call.session;
  const changed = [];
  for (const { id, ...given } of input(call, manyBody).triggers) {
    const trigger = await triggerOr404(store, String(id));
    const next = {
      ...trigger,
      position: given.position ?? trigger.position,
      active: given.active ?? trigger.active,
      category_id: given.category_id ?? trigger.category_id,
      updated_at: now,
    };
    await store.put(triggers, next);
    changed.push(triggerJson(call.url, next));
  }
  return json(200, { triggers: changed, count: changed.length });
}

async function reorder(call: Call) {
  const { store } = call.session;
  if ((await store.list(triggerCategories)).length > 1) {
    throw new Refusal(
      json(400, { errors: [{ code: 'LimitOneCategory', title: 'Triggers cannot be reordered with more than one category' }] }),
    );
  }
  const ids = input(call, z.object({ trigger_ids: z.array(idSchema) })).trigger_ids;
  const all = await store.list(triggers);
  if (ids.length !== all.length || !all.every((trigger) => ids.includes(trigger.id))) {
    throw invalidField('base', 'trigger_ids: must name each trigger once', 'InvalidValue');
  }
  const ordered = all.map((trigger) => ({ ...trigger, position: ids.indexOf(trigger.id) + 1 }));
  for (const trigger of ordered) await store.put(triggers, trigger);
  return json(200, {
    triggers: ordered.toSorted((a, b) => a.position - b.position).map((trigger) => triggerJson(call.url, trigger)),
  });
}

const categoryRoute = (method: string, path: string, answer: ApiRoute['answer']): ApiRoute => ({
  method,
  path: `/trigger_categories${path}`,
  allowed: method === 'GET' ? 'agent' : 'admin',
  answer,
});

const oneCategory = (status: number, category: TriggerCategory) => json(status, { trigger_category: categoryJson(category) });

/** `/api/v2/trigger_categories`. No scope of its own. */
export const categoryRoutes: readonly ApiRoute[] = [
  categoryRoute('GET', '', async (call) => {
    const { items, envelope } = paginate(call, await call.session.store.list(triggerCategories), (category) => category.id);
    return json(200, { trigger_categories: items.map(categoryJson), ...envelope });
  }),
  categoryRoute('POST', '', async (call) => {
    const { session } = call;
    const { name, position } = input(call, categoryBody).trigger_category;
    const last = (await session.store.list(triggerCategories)).at(-1)?.position ?? 0;
    const times = { created_at: session.now, updated_at: session.now };
    const category = { id: String(session.nextId()), name, position: position ?? last + 1, ...times };
    await session.store.put(triggerCategories, category);
    return oneCategory(201, category);
  }),
  categoryRoute('GET', '/:id', async (call) => oneCategory(200, await categoryOf(call))),
  categoryRoute('DELETE', '/:id', async (call) => {
    const category = await categoryOf(call);
    const inUse = (await call.session.store.list(triggers)).some((trigger) => trigger.category_id === category.id);
    if (inUse) throw invalidField('base', 'Category: still contains triggers', 'InvalidValue');
    await call.session.store.remove(triggerCategories, category.id);
    return { status: 204, headers: {}, body: undefined };
  }),
];

async function categoryOf(call: Call): Promise<TriggerCategory> {
  const category = await call.session.store.get(triggerCategories, call.params.id ?? '');
  if (!category) throw recordNotFound();
  return category;
}
