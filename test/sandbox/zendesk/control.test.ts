import { describe, expect, it } from 'vitest';
import { aSandbox, aTicket, anAccount } from './account.ts';
import { createApi } from './api.ts';

const sandbox = aSandbox();

describe('the control interface over HTTP', () => {
  it('brings an account into being, once, with a client', async () => {
    const site = createApi(`${sandbox().url}/zendesk/globex`);
    expect((await site.get('/users/me')).status).toBe(404);
    const seeded = await site.call('POST', '/sandbox/seed', { redirectUris: ['http://127.0.0.1:9/a'] });
    expect(seeded.status).toBe(201);
    expect(seeded.at('staff', 0, 'name')).toBe('Ada Admin');
    const again = await site.call('POST', '/sandbox/seed', { redirectUris: ['http://127.0.0.1:9/b'] });
    expect(again.at('client', 'secret')).toBe(seeded.at('client', 'secret'));
    expect(again.count('client', 'redirect_uris')).toBe(2);
    expect((await site.call('GET', '/sandbox/clients')).count('clients')).toBe(1);
  });

  it('issues an admin’s token that does not expire', async () => {
    const { control } = await anAccount(sandbox());
    const issued = await createApi(control.url).call('POST', '/sandbox/tokens', {});
    sandbox().clock.advance(400 * 86_400_000);
    const api = createApi(control.url, String(issued.at('token')));
    expect((await api.get('/users/me')).at('user', 'role')).toBe('admin');
  });

  it('scripts faults, changes settings, and refuses what it does not know', async () => {
    const { control } = await anAccount(sandbox());
    const site = createApi(control.url);
    const fault = await site.call('POST', '/sandbox/faults', { kind: 'slow', ms: 1 });
    expect((await site.call('GET', '/sandbox/faults')).at('faults', 0, 'id')).toBe(fault.id('fault', 'id'));
    expect((await site.call('DELETE', `/sandbox/faults/${fault.id('fault', 'id')}`)).status).toBe(204);
    expect((await site.call('PATCH', '/sandbox/settings', { requestsPerMinute: 9 })).at('settings', 'requestsPerMinute')).toBe(9);
    expect((await site.call('PATCH', '/sandbox/settings', { nonsense: 1 })).status).toBe(422);
    expect((await site.call('POST', '/sandbox/faults', { kind: 'nonsense' })).status).toBe(422);
  });

  it('acts as an agent, and shows mails, webhooks and requests', async () => {
    const { api, control } = await anAccount(sandbox());
    const site = createApi(control.url);
    const ticket = await aTicket(api);
    const acted = await site.call('POST', '/sandbox/actions', { do: 'reply', ticket, as: 'Ben', text: 'Hi' });
    expect((await api.get(`/tickets/${ticket}/comments`)).at('comments', 1, 'id')).toBe(acted.at('commentId'));
    expect((await site.call('GET', '/sandbox/outbox')).count('mails')).toBe(3);
    expect((await site.call('GET', '/sandbox/invocations')).at('invocations')).toEqual([]);
    expect((await site.call('GET', '/sandbox/requests')).count('requests')).toBe(3);
    const refused = await site.call('POST', '/sandbox/actions', { do: 'solve', ticket, as: 'Nobody' });
    expect(refused.status).toBe(422);
  });

  it('sets the clock', async () => {
    const site = createApi(sandbox().url);
    const now = sandbox().clock.now();
    const moved = await site.call('POST', '/sandbox/clock', { advance: 5_000 });
    expect(moved.id('now')).toBeGreaterThanOrEqual(now + 5_000);
    const began = performance.now();
    const set = (await site.call('POST', '/sandbox/clock', { now: now + 60_000 })).id('now');
    // It goes on from there; with a millisecond for rounding.
    expect(set).toBeLessThanOrEqual(now + 60_000 + (performance.now() - began) + 1);
    expect((await site.call('GET', '/sandbox/clock')).id('now')).toBeGreaterThanOrEqual(now + 60_000);
    expect((await site.call('POST', '/sandbox/clock', { later: 1 })).status).toBe(422);
  });
});

describe('the demo account', () => {
  it('is "acme", and what is said of it works with and without /api/v2', async () => {
    const { zendesk } = await sandbox().demo();
    expect(zendesk?.page).toBe(`${sandbox().url}/zendesk/acme/agent`);
    const api = createApi(zendesk?.api ?? '', zendesk?.token);
    for (const path of ['/api/v2/users/me.json', '/api/v2/users/me', '/users/me.json', '/users/me']) {
      expect((await api.call('GET', path)).at('user', 'name')).toBe('Ada Admin');
    }
  });

  it('keeps its token from one look to the next', async () => {
    expect((await sandbox().demo()).zendesk?.token).toBe((await sandbox().demo()).zendesk?.token);
  });
});

describe('accounts', () => {
  it('do not see each other', async () => {
    const [one, other] = [await anAccount(sandbox()), await anAccount(sandbox())];
    const ticket = await aTicket(one.api);
    expect((await other.api.get(`/tickets/${ticket}`)).status).toBe(404);
    const stranger = createApi(other.control.url, await one.control.adminToken());
    expect((await stranger.get('/users/me')).status).toBe(401);
  });

  it('are named by one DNS label', async () => {
    await expect(sandbox().zendesk.seed({ subdomain: 'a.b' })).rejects.toThrow('one DNS label');
  });
});
