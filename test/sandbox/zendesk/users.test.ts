import { describe, expect, it } from 'vitest';
import { aCustomer, aSandbox, aTicket, anAccount } from './account.ts';
import { type Api, createApi } from './api.ts';

const sandbox = aSandbox();
const upsert = (api: Api, user: object) => api.post('/users/create_or_update.json', { user });

describe('create_or_update', () => {
  it('makes a user, then finds it by external id in any case and takes over the case', async () => {
    const { api } = await anAccount(sandbox());
    const made = await upsert(api, { name: 'Zoe', external_id: 'App:1' });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`${api.url}/api/v2/users/${made.id('user', 'id')}.json`);
    const found = await upsert(api, { name: 'Zoe Z', external_id: 'app:1' });
    expect(found.status).toBe(200);
    expect([found.at('user', 'id'), found.at('user', 'name'), found.at('user', 'external_id')]).toEqual([
      made.at('user', 'id'),
      'Zoe Z',
      'app:1',
    ]);
  });

  it('finds a user by e-mail address', async () => {
    const { api } = await anAccount(sandbox());
    const id = await aCustomer(api, { email: 'zoe@shop.example' });
    expect((await upsert(api, { name: 'Z', email: 'ZOE@shop.example' })).at('user', 'id')).toBe(id);
  });

  it('refuses an external id of one and an address of another', async () => {
    const { api } = await anAccount(sandbox());
    await aCustomer(api, { external_id: 'a' });
    await aCustomer(api, { email: 'b@shop.example' });
    const reply = await upsert(api, { name: 'X', external_id: 'a', email: 'b@shop.example' });
    expect(reply.status).toBe(422);
    expect(reply.at('details', 'email', 0, 'error')).toBe('DuplicateValue');
  });

  it('renames an agent when a visitor comes with the agent’s address', async () => {
    const { api, benId, control } = await anAccount(sandbox());
    const reply = await upsert(api, { name: 'Not Ben', email: `ben@${control.subdomain}.example` });
    expect([reply.at('user', 'id'), reply.at('user', 'role'), reply.at('user', 'name')]).toEqual([benId, 'agent', 'Not Ben']);
  });

  it('keeps agents from changing agents', async () => {
    const { control, benId } = await anAccount(sandbox());
    const agent = createApi(control.url, await control.issueToken(['read', 'write'], benId));
    expect((await upsert(agent, { name: 'X', email: `chloe@${control.subdomain}.example` })).status).toBe(403);
    expect((await upsert(agent, { name: 'New', external_id: 'n' })).status).toBe(201);
  });

  it('is held to one a second for the account and five a minute for each user', async () => {
    const { api, control } = await anAccount(sandbox());
    await control.set({ userWritesPerSecond: 1, userWritesPerUserAndMinute: 5 });
    const once = async (external_id: string) => {
      sandbox().clock.advance(1_001);
      return (await upsert(api, { name: 'Z', external_id })).status;
    };
    expect(await once('a')).toBe(201);
    const tooSoon = await upsert(api, { name: 'Z', external_id: 'b' });
    expect([tooSoon.status, tooSoon.headers.get('retry-after')]).toEqual([429, '1']);
    for (let time = 1; time <= 5; time += 1) expect(await once('a')).toBe(200);
    expect(await once('a')).toBe(429);
    expect(await once('b')).toBe(201);
  });
});

describe('addresses', () => {
  it('are added as secondary ones by an update; the primary stays', async () => {
    const { api } = await anAccount(sandbox());
    const id = await aCustomer(api, { email: 'one@shop.example' });
    await api.put(`/users/${id}`, { user: { email: 'two@shop.example', skip_verify_email: true } });
    expect((await api.get(`/users/${id}`)).at('user', 'email')).toBe('one@shop.example');
    const all = await api.get(`/users/${id}/identities`);
    expect([all.at('identities', 0, 'primary'), all.at('identities', 1, 'value'), all.at('identities', 1, 'primary')]).toEqual([
      true,
      'two@shop.example',
      false,
    ]);
  });

  it('become primary by make_primary', async () => {
    const { api } = await anAccount(sandbox());
    const id = await aCustomer(api, { email: 'one@shop.example' });
    const identity = { type: 'email', value: 'two@shop.example', skip_verify_email: true };
    const added = await api.post(`/users/${id}/identities`, { identity });
    expect(added.status).toBe(201);
    await api.put(`/users/${id}/identities/${added.id('identity', 'id')}/make_primary`, {});
    expect((await api.get(`/users/${id}`)).at('user', 'email')).toBe('two@shop.example');
  });

  it('belong to one user only, and never to the account itself', async () => {
    const { api, control } = await anAccount(sandbox());
    await aCustomer(api, { email: 'one@shop.example' });
    const other = await aCustomer(api);
    const taken = await api.put(`/users/${other}`, { user: { email: 'ONE@shop.example' } });
    expect([taken.status, taken.at('details', 'email', 0, 'error')]).toEqual([422, 'DuplicateValue']);
    const support = await upsert(api, { name: 'S', email: `support@${control.subdomain}.zendesk.com` });
    expect(support.status).toBe(422);
  });

  it('are verified by mail unless skip_verify_email stands inside the user', async () => {
    const { api, control } = await anAccount(sandbox());
    await upsert(api, { name: 'A', email: 'a@shop.example', skip_verify_email: true });
    await api.post('/users/create_or_update?skip_verify_email=true', { user: { name: 'B', email: 'b@shop.example' } });
    expect((await control.outbox()).map((mail) => [mail.why, mail.to])).toEqual([['verification', 'b@shop.example']]);
  });
});

describe('names', () => {
  it('have at least one character', async () => {
    const { api } = await anAccount(sandbox());
    const reply = await upsert(api, { name: '', external_id: 'x' });
    expect(reply.status).toBe(422);
    expect(reply.at('details', 'name', 0, 'description')).toBe('Name: is too short (minimum is 1 characters)');
  });
});

describe('looking users up', () => {
  it('works by external id, by query and by lists', async () => {
    const { api } = await anAccount(sandbox());
    const a = await aCustomer(api, { external_id: 'a', email: 'a@shop.example' });
    const b = await aCustomer(api, { external_id: 'b' });
    expect((await api.get('/users/search.json?external_id=A')).at('users', 0, 'id')).toBe(a);
    expect((await api.get(`/users/search?query=${encodeURIComponent('email:"a@shop.example"')}`)).at('users', 0, 'id')).toBe(a);
    expect((await api.get('/users/show_many?external_ids=b,a')).count('users')).toBe(2);
    expect((await api.get(`/users/show_many?ids=${b}`)).at('users', 0, 'id')).toBe(b);
    expect((await api.get('/users/search?external_id=zz')).count('users')).toBe(0);
  });

  it('by query lags behind where that is set', async () => {
    const { api, control } = await anAccount(sandbox());
    await control.set({ searchLagMs: 60_000 });
    await aCustomer(api, { email: 'late@shop.example' });
    expect((await api.get('/users/search?query=email:late@shop.example')).count('users')).toBe(0);
    sandbox().clock.advance(61_000);
    expect((await api.get('/users/search?query=email:late@shop.example')).count('users')).toBe(1);
  });

  it('answers who the token is', async () => {
    const { api, adminId } = await anAccount(sandbox());
    expect((await api.get('/users/me.json')).at('user', 'id')).toBe(adminId);
  });
});

describe('merging users', () => {
  it('moves tickets and addresses, loses the external id, and hides the loser', async () => {
    const { api, control } = await anAccount(sandbox());
    const loser = await aCustomer(api, { external_id: 'gone', email: 'loser@shop.example' });
    const winner = await aCustomer(api, { email: 'winner@shop.example' });
    const ticket = await aTicket(api, { requester_id: loser });
    await control.clearOutbox();
    const merged = await api.put(`/users/${loser}/merge`, { user: { id: winner } });
    expect(merged.at('user', 'id')).toBe(winner);
    expect((await api.get(`/users/${loser}`)).status).toBe(404);
    expect((await api.get('/users/search?external_id=gone')).count('users')).toBe(0);
    expect((await api.get(`/tickets/${ticket}`)).at('ticket', 'requester_id')).toBe(winner);
    expect((await api.get(`/tickets/${ticket}/comments`)).at('comments', 0, 'author_id')).toBe(winner);
    expect((await api.get('/users/search?query=email:loser@shop.example')).at('users', 0, 'id')).toBe(winner);
    expect(await control.outbox()).toEqual([]);
  });

  it('is for end users only', async () => {
    const { api, benId } = await anAccount(sandbox());
    const customer = await aCustomer(api);
    expect((await api.put(`/users/${customer}/merge`, { user: { id: benId } })).status).toBe(422);
  });
});
