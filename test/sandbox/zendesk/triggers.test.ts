import { describe, expect, it } from 'vitest';
import { aSandbox, aTicket, anAccount } from './account.ts';
import { aTrigger, aWebhook, is } from './trigger-builders.ts';

const sandbox = aSandbox();
const onCreate = [is('update_type', 'Create')];
const hasTag = (value: string) => [{ field: 'current_tags', operator: 'includes', value }];
const add = (value: string) => [{ field: 'current_tags', value }];

describe('the triggers API', () => {
  it('lists the stock triggers in order, and searches and filters them', async () => {
    const { api } = await anAccount(sandbox());
    const all = await api.get('/triggers.json?active=true&page[size]=100');
    expect([0, 1, 2, 3, 4].map((index) => all.at('triggers', index, 'title'))).toEqual([
      'Notify requester and CCs of received request',
      'Notify requester of new proactive ticket',
      'Notify requester and CCs of comment update',
      'Notify requester of solved request',
      'Notify all agents of received request',
    ]);
    expect((await api.get('/triggers/search?query=proactive')).at('count')).toBe(1);
    await api.put(`/triggers/${all.id('triggers', 0, 'id')}`, { trigger: { active: false } });
    expect((await api.get('/triggers/active')).at('count')).toBe(4);
  });

  it('pages by cursor', async () => {
    const { api } = await anAccount(sandbox());
    const first = await api.get('/triggers?page[size]=3');
    const next = await api.call('GET', String(first.at('links', 'next')).replace(api.url, ''));
    expect([first.count('triggers'), next.count('triggers'), next.at('meta', 'has_more')]).toEqual([3, 2, false]);
  });

  it('puts a new trigger last', async () => {
    const { api } = await anAccount(sandbox());
    const made = await api.post('/triggers.json', aTrigger({ all: onCreate }));
    expect(made.status).toBe(201);
    expect((await api.get('/triggers')).at('triggers', 5, 'id')).toBe(made.at('trigger', 'id'));
    expect((await api.get(`/triggers/${made.id('trigger', 'id')}.json`)).at('trigger', 'position')).toBe(6);
  });

  it('replaces conditions and actions as a whole, and keeps fields it does not know', async () => {
    const { api } = await anAccount(sandbox());
    const id = (await api.post('/triggers', aTrigger({ all: [...onCreate, is('role', 'agent')] }))).id('trigger', 'id');
    const odd = { ...is('role', 'end_user'), is_user_value: true, note: [1] };
    const actions = [{ field: 'current_tags', value: 'fired', note: 1 }];
    const changed = await api.put(`/triggers/${id}`, { trigger: { conditions: { all: [odd], any: [] }, actions } });
    expect(changed.at('trigger', 'conditions')).toEqual({ all: [odd], any: [] });
    expect(changed.at('trigger', 'actions')).toEqual(actions);
  });

  it('refuses conditions without actions, which would clear them', async () => {
    const { api } = await anAccount(sandbox());
    const id = (await api.get('/triggers')).id('triggers', 0, 'id');
    const conditions = { all: [is('role', 'agent')], any: [] };
    expect((await api.put(`/triggers/${id}`, { trigger: { conditions } })).status).toBe(422);
    expect((await api.put(`/triggers/${id}`, { trigger: { title: 'Another' } })).status).toBe(200);
  });

  it('lets nobody edit what belongs to an app', async () => {
    const { api, control } = await anAccount(sandbox());
    const id = (await api.get('/triggers')).id('triggers', 0, 'id');
    await control.setAppInstallation(id, { id: 7 });
    expect((await api.put(`/triggers/${id}`, { trigger: { title: 'Another' } })).status).toBe(403);
  });

  it('deletes, one or many', async () => {
    const { api } = await anAccount(sandbox());
    const all = await api.get('/triggers');
    expect((await api.delete(`/triggers/${all.id('triggers', 0, 'id')}`)).status).toBe(204);
    const ids = [1, 2].map((index) => all.id('triggers', index, 'id')).join(',');
    expect((await api.delete(`/triggers/destroy_many?ids=${ids}`)).status).toBe(204);
    expect((await api.get('/triggers')).at('count')).toBe(2);
    expect((await api.delete(`/triggers/${all.id('triggers', 0, 'id')}`)).status).toBe(404);
  });

  it('reorders and changes many, but no contents', async () => {
    const { api } = await anAccount(sandbox());
    const all = await api.get('/triggers');
    const ids = [4, 3, 2, 1, 0].map((index) => all.id('triggers', index, 'id'));
    expect((await api.put('/triggers/reorder', { trigger_ids: ids })).at('triggers', 0, 'id')).toBe(ids[0]);
    expect((await api.put('/triggers/reorder', { trigger_ids: ids.slice(1) })).status).toBe(422);
    const many = [{ id: ids[0], active: false, title: 'ignored' }];
    expect((await api.put('/triggers/update_many', { triggers: many })).at('triggers', 0, 'active')).toBe(false);
    await api.post('/trigger_categories', { trigger_category: { name: 'Second' } });
    expect((await api.put('/triggers/reorder', { trigger_ids: ids })).at('errors', 0, 'code')).toBe('LimitOneCategory');
  });

  it.each([
    ['no title', { trigger: { title: '', conditions: { all: onCreate }, actions: [is('status', 'open')] } }],
    ['no conditions', aTrigger({})],
    ['no actions', aTrigger({ all: onCreate, actions: [] })],
    ['a field that does not exist', aTrigger({ all: [is('update_via_id', '5')] })],
    [
      'a webhook that does not exist',
      aTrigger({ all: onCreate, actions: [{ field: 'notification_webhook', value: ['01ABC', '{}'] }] }),
    ],
  ])('refuses a trigger with %s', async (_what, body) => {
    const { api } = await anAccount(sandbox());
    expect((await api.post('/triggers', body)).status).toBe(422);
  });

  it('refuses a webhook that is not for triggers', async () => {
    const { api } = await anAccount(sandbox());
    const id = await aWebhook(api, 'http://127.0.0.1:9/', { subscriptions: ['zen:event-type:ticket.comment_added'] });
    const actions = [{ field: 'notification_webhook', value: [id, '{}'] }];
    expect((await api.post('/triggers', aTrigger({ all: onCreate, actions }))).status).toBe(422);
  });

  it('tells which app owns a trigger, when asked to', async () => {
    const { api, control } = await anAccount(sandbox());
    const id = (await api.get('/triggers')).id('triggers', 0, 'id');
    await control.setAppInstallation(id, { id: 7, settings: { title: 'Some app' } });
    const listed = await api.get('/triggers?include=app_installation');
    expect([listed.at('triggers', 0, 'app_installation', 'id'), listed.at('triggers', 1, 'app_installation')]).toEqual([7, null]);
    expect((await api.get('/triggers')).at('triggers', 0, 'app_installation')).toBeUndefined();
  });

  it('knows categories, whose ids are strings', async () => {
    const { api } = await anAccount(sandbox());
    const made = await api.post('/trigger_categories', { trigger_category: { name: 'Bridge' } });
    const id = String(made.at('trigger_category', 'id'));
    expect(made.at('trigger_category', 'id')).toBe(id);
    expect((await api.get('/trigger_categories?page[size]=10')).at('trigger_categories', 1, 'name')).toBe('Bridge');
    const trigger = { ...aTrigger({ all: onCreate }).trigger, category_id: id };
    expect((await api.post('/triggers', { trigger })).at('trigger', 'category_id')).toBe(id);
    expect((await api.post('/triggers', { trigger: { ...trigger, category_id: '1' } })).status).toBe(422);
  });
});

describe('triggers at work', () => {
  it('run in order, and a change starts the cycle again without firing any twice', async () => {
    const { api } = await anAccount(sandbox());
    await api.post('/triggers', aTrigger({ all: hasTag('second'), actions: add('third') }));
    await api.post('/triggers', aTrigger({ all: hasTag('first'), actions: add('second') }));
    await api.post('/triggers', aTrigger({ all: hasTag('third'), actions: [{ field: 'remove_tags', value: 'first' }] }));
    const ticket = await aTicket(api, { tags: ['first'] });
    expect((await api.get(`/tickets/${ticket}`)).at('ticket', 'tags')).toEqual(['second', 'third']);
  });

  it('set tags and status, and say so in the audit of the update', async () => {
    const { api } = await anAccount(sandbox());
    const actions = [
      { field: 'set_tags', value: 'only these' },
      { field: 'status', value: 'pending' },
    ];
    const id = (await api.post('/triggers', aTrigger({ all: [is('status', 'new')], actions }))).id('trigger', 'id');
    const reply = await api.post('/tickets', { ticket: { tags: ['x'], comment: { body: 'y' } } });
    expect([reply.at('ticket', 'tags'), reply.at('ticket', 'status')]).toEqual([['only', 'these'], 'pending']);
    const last = (reply.count('audit', 'events') ?? 0) - 1;
    expect(reply.at('audit', 'events', last)).toMatchObject({ field_name: 'status', value: 'pending' });
    expect(reply.at('audit', 'events', last, 'via', 'source')).toMatchObject({ from: { id }, rel: 'trigger' });
  });

  it('rest while inactive', async () => {
    const { api } = await anAccount(sandbox());
    const body = aTrigger({ all: onCreate });
    await api.post('/triggers', { trigger: { ...body.trigger, active: false } });
    expect((await api.get(`/tickets/${await aTicket(api)}`)).at('ticket', 'tags')).toEqual([]);
  });
});
