import { type Answer, json, noContent } from '../../answer.ts';
import { type ApiRoute, type Call, input } from '../call.ts';
import { paginate } from '../paging.ts';
import { forbidden, invalidField } from '../problem.ts';
import { type Trigger, triggerCategories, triggerJson, triggerOr404, triggers } from './trigger.ts';
import { checkedTrigger, triggerBody } from './trigger-input.ts';

const route = (method: string, path: string, answer: ApiRoute['answer']): ApiRoute => ({
  method,
  path: `/triggers${path}`,
  resource: 'triggers',
  allowed: method === 'GET' ? 'agent' : 'admin',
  answer,
});

/** `/api/v2/triggers`. The named paths come before `:id`. */
export const triggerRoutes: readonly ApiRoute[] = [
  route('GET', '', async (call) => listing(call, await all(call))),
  route('GET', '/active', async (call) =>
    listing(
      call,
      (await all(call)).filter((trigger) => trigger.active),
    ),
  ),
  route('GET', '/search', async (call) => {
    const words = call.exchange.query.get('query')?.toLowerCase() ?? '';
    return listing(
      call,
      (await all(call)).filter((trigger) => trigger.title.toLowerCase().includes(words)),
    );
  }),
  route('POST', '', createTrigger),
  route('DELETE', '/destroy_many', async (call) => {
    const ids = (call.exchange.query.get('ids') ?? '').split(',').filter((id) => id !== '');
    for (const id of ids) await removeTrigger(call, id);
    return noContent();
  }),
  route('GET', '/:id', async (call) => one(call, 200, await triggerOr404(call.session.store, call.params.id))),
  route('PUT', '/:id', updateTrigger),
  route('DELETE', '/:id', async (call) => {
    await removeTrigger(call, call.params.id);
    return noContent();
  }),
];

async function all(call: Call): Promise<readonly Trigger[]> {
  const { query } = call.exchange;
  const active = query.get('active');
  const category = query.get('category_id');
  const found = (await call.session.store.list(triggers)).filter(
    (trigger) =>
      (active === null || String(trigger.active) === active) && (category === null || trigger.category_id === category),
  );
  const key = query.get('sort')?.replace(/^-/, '') ?? query.get('sort_by') ?? 'position';
  const descending = query.get('sort')?.startsWith('-') ?? query.get('sort_order') === 'desc';
  if (key === 'title' || key === 'alphabetical') found.sort((a, b) => a.title.localeCompare(b.title));
  if (key === 'created_at') found.sort((a, b) => a.created_at - b.created_at);
  if (key === 'updated_at') found.sort((a, b) => a.updated_at - b.updated_at);
  return descending ? found.toReversed() : found;
}

function listing(call: Call, found: readonly Trigger[]): Answer {
  const { items, envelope } = paginate(call, found, (trigger) => trigger.id);
  return json(200, { triggers: items.map((trigger) => shown(call, trigger)), ...envelope });
}

function shown(call: Call, trigger: Trigger) {
  const withApp = call.exchange.query.get('include')?.split(',').includes('app_installation') ?? false;
  return { ...triggerJson(call.url, trigger), ...(withApp && { app_installation: trigger.app_installation }) };
}

const one = (call: Call, status: number, trigger: Trigger): Answer => json(status, { trigger: shown(call, trigger) });

async function createTrigger(call: Call): Promise<Answer> {
  const { session } = call;
  const { store, now } = session;
  const given = await checkedTrigger(session, input(call, triggerBody).trigger);
  if (given.title === undefined) throw invalidField('title', 'Title: cannot be blank', 'BlankValue');
  if (!given.conditions) throw invalidField('base', 'Conditions: at least one is required', 'BlankValue');
  if (!given.actions) throw invalidField('base', 'Actions: at least one is required', 'BlankValue');
  const last = (await store.list(triggers)).at(-1)?.position ?? 0;
  const category = (await store.list(triggerCategories)).at(-1);
  const trigger: Trigger = {
    id: session.nextId(),
    title: given.title,
    description: given.description ?? null,
    active: given.active ?? true,
    position: given.position ?? last + 1,
    category_id: given.category_id ?? category?.id ?? '',
    conditions: given.conditions,
    actions: given.actions,
    default: false,
    app_installation: null,
    created_at: now,
    updated_at: now,
  };
  await store.put(triggers, trigger);
  return one(call, 201, trigger);
}

/** Conditions and actions are replaced as a whole: whoever sends one of them and not the other clears that. */
async function updateTrigger(call: Call): Promise<Answer> {
  const trigger = await triggerOr404(call.session.store, call.params.id);
  if (trigger.app_installation) throw forbidden();
  const given = await checkedTrigger(call.session, input(call, triggerBody).trigger);
  if (given.conditions && !given.actions) throw invalidField('base', 'Actions: at least one is required', 'BlankValue');
  if (given.actions && !given.conditions) throw invalidField('base', 'Conditions: at least one is required', 'BlankValue');
  const changed: Trigger = {
    ...trigger,
    title: given.title ?? trigger.title,
    description: given.description === undefined ? trigger.description : given.description,
    active: given.active ?? trigger.active,
    position: given.position ?? trigger.position,
    category_id: given.category_id ?? trigger.category_id,
    conditions: given.conditions ?? trigger.conditions,
    actions: given.actions ?? trigger.actions,
    updated_at: call.session.now,
  };
  await call.session.store.put(triggers, changed);
  return one(call, 200, changed);
}

async function removeTrigger(call: Call, id: string | undefined): Promise<void> {
  const trigger = await triggerOr404(call.session.store, id);
  await call.session.store.remove(triggers, trigger.id);
}
