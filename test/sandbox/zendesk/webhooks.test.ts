import { describe, expect, it } from 'vitest';
import { aSandbox, anAccount } from './account.ts';
import { aReceiver } from '../receiver.ts';
import { aTrigger, aWebhook, is } from './trigger-builders.ts';

const sandbox = aSandbox();
const ENDPOINT = 'http://127.0.0.1:9/hook';

describe('the webhooks API', () => {
  it('makes a webhook with a string id, and never shows its credentials', async () => {
    const { api } = await anAccount(sandbox());
    const authentication = { type: 'bearer_token', data: { token: 's3cret' }, add_position: 'header' };
    const id = await aWebhook(api, ENDPOINT, { authentication });
    expect(id).toMatch(/^[0-9A-Z]{26}$/);
    const shown = await api.get(`/webhooks/${id}`);
    expect(shown.at('webhook', 'authentication')).toEqual({ type: 'bearer_token', add_position: 'header' });
    expect(shown.text).not.toContain('s3cret');
  });

  it('answers PUT, PATCH and DELETE with 204 and no body', async () => {
    const { api } = await anAccount(sandbox());
    const id = await aWebhook(api, ENDPOINT);
    const whole = { name: 'New', endpoint: ENDPOINT, http_method: 'POST', request_format: 'json', status: 'inactive' };
    const put = await api.put(`/webhooks/${id}`, { webhook: whole });
    expect([put.status, put.text]).toEqual([204, '']);
    expect((await api.call('PATCH', `/api/v2/webhooks/${id}`, { webhook: { status: 'active' } })).status).toBe(204);
    const shown = await api.get(`/webhooks/${id}`);
    expect([shown.at('webhook', 'name'), shown.at('webhook', 'status')]).toEqual(['New', 'active']);
    expect((await api.delete(`/webhooks/${id}`)).status).toBe(204);
    expect((await api.get(`/webhooks/${id}`)).at('errors', 0, 'code')).toBe('WebhookNotFound');
  });

  it('does not know addresses that end in .json', async () => {
    const { api } = await anAccount(sandbox());
    const id = await aWebhook(api, ENDPOINT);
    expect((await api.get('/webhooks.json')).status).toBe(404);
    expect((await api.get(`/webhooks/${id}.json`)).status).toBe(404);
  });

  it('finds webhooks by a part of the name and by status, and pages', async () => {
    const { api } = await anAccount(sandbox());
    await aWebhook(api, ENDPOINT, { name: 'bridge (one)' });
    await aWebhook(api, ENDPOINT, { name: 'bridge (two)', status: 'inactive' });
    expect((await api.get(`/webhooks?filter[name_contains]=${encodeURIComponent('(TWO)')}`)).count('webhooks')).toBe(1);
    expect((await api.get('/webhooks?filter[status]=active')).at('webhooks', 0, 'name')).toBe('bridge (one)');
    const page = await api.get('/webhooks?page[size]=1&sort=-name');
    expect([page.at('webhooks', 0, 'name'), page.at('meta', 'has_more')]).toEqual(['bridge (two)', true]);
  });

  it('does not mix triggers and events, at first or later', async () => {
    const { api } = await anAccount(sandbox());
    const both = ['conditional_ticket_events', 'zen:event-type:ticket.comment_added'];
    const webhook = {
      name: 'x',
      endpoint: ENDPOINT,
      http_method: 'POST',
      request_format: 'json',
      status: 'active',
      subscriptions: both,
    };
    expect((await api.post('/webhooks', { webhook })).status).toBe(400);
    const id = await aWebhook(api, ENDPOINT);
    const changed = await api.call('PATCH', `/api/v2/webhooks/${id}`, { webhook: { subscriptions: both.slice(1) } });
    expect(changed.at('errors', 0, 'code')).toBe('InvalidSubscription');
  });

  it('shows the signing secret, and makes a new one', async () => {
    const { api } = await anAccount(sandbox());
    const id = await aWebhook(api, ENDPOINT);
    const first = await api.get(`/webhooks/${id}/signing_secret`);
    expect(first.at('signing_secret', 'algorithm')).toBe('SHA256');
    const second = await api.post(`/webhooks/${id}/signing_secret`, {});
    expect(second.status).toBe(201);
    expect(second.at('signing_secret', 'secret')).not.toBe(first.at('signing_secret', 'secret'));
    expect((await api.get(`/webhooks/${id}/signing_secret`)).text).toBe(second.text);
  });

  it('does not delete a webhook that a trigger still names', async () => {
    const { api } = await anAccount(sandbox());
    const id = await aWebhook(api, ENDPOINT);
    const actions = [{ field: 'notification_webhook', value: [id, '{}'] }];
    const trigger = await api.post('/triggers', aTrigger({ all: [is('update_type', 'Create')], actions }));
    expect((await api.delete(`/webhooks/${id}`)).at('errors', 0, 'code')).toBe('WebhookInUse');
    await api.delete(`/triggers/${trigger.id('trigger', 'id')}`);
    expect((await api.delete(`/webhooks/${id}`)).status).toBe(204);
  });

  it('makes a test call and tells what came back', async () => {
    const { api } = await anAccount(sandbox());
    const receiver = await aReceiver({ status: 418 });
    const id = await aWebhook(api, receiver.url);
    const reply = await api.post(`/webhooks/test?webhook_id=${id}`, { request: { payload: '{"test":true}' } });
    expect([reply.at('response', 'status'), reply.at('response', 'payload')]).toEqual([418, 'noted']);
    expect(receiver.received[0]?.body).toBe('{"test":true}');
  });
});
