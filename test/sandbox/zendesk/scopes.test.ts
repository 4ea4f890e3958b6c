import { describe, expect, it } from 'vitest';
import { aSandbox, anAccount } from './account.ts';
import { createApi } from './api.ts';

const sandbox = aSandbox();

describe('a token', () => {
  it.each([
    { scopes: ['read'], get: 200, put: 403, audits: 200 },
    { scopes: ['tickets:read'], get: 200, put: 403, audits: 403 },
    { scopes: ['tickets:read', 'tickets:write'], get: 200, put: 200, audits: 403 },
    { scopes: ['users:read', 'users:write'], get: 403, put: 403, audits: 403 },
    { scopes: ['reed'], get: 403, put: 403, audits: 403 },
  ])('of scopes $scopes opens only what they say', async ({ scopes, get, put, audits }) => {
    const { api, control } = await anAccount(sandbox());
    const made = await api.post('/tickets', { ticket: { comment: { body: 'x' } } });
    const scoped = createApi(control.url, await control.issueToken(scopes));
    const path = `/tickets/${made.id('ticket', 'id')}`;
    expect((await scoped.get(path)).status).toBe(get);
    expect((await scoped.put(path, { ticket: { subject: 'y' } })).status).toBe(put);
    expect((await scoped.get(`${path}/audits`)).status).toBe(audits);
  });

  it('without a needed scope is told which would do', async () => {
    const { control } = await anAccount(sandbox());
    const scoped = createApi(control.url, await control.issueToken(['users:read']));
    expect((await scoped.get('/tickets/1')).at('description')).toBe(
      'You are missing the following required scopes: tickets:read, read',
    );
  });

  it('of an agent does not open what is for admins', async () => {
    const { control, benId } = await anAccount(sandbox());
    const agent = createApi(control.url, await control.issueToken(['read', 'write'], benId));
    expect((await agent.get('/webhooks')).status).toBe(403);
    expect((await agent.get('/triggers')).status).toBe(200);
  });
});
