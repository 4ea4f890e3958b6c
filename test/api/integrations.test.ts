import { beforeAll, describe, expect, it } from 'vitest';
import type { BusinessSystem } from '../../activities/business-system.ts';
import { ConnectRefused } from '../../activities/system-error.ts';
import { systems } from '../../activities/systems.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { anApi, aUser } from './support/an-api.ts';
import { basic, createClient } from './support/client.ts';
import { connectAccount, openThread } from './support/connected-account.ts';
import type { ConnectedAccount } from './support/connected-account.ts';

/** A system that is connected by typing in a key. */
const keyed: BusinessSystem = {
  ...zendesk,
  name: 'keyed',
  facts: {
    ...zendesk.facts,
    label: 'Keyed',
    connectFlow: {
      kind: 'fields',
      fields: [
        {
          name: 'key',
          label: 'Key',
          type: 'secret',
          required: true,
          pattern: { source: '^k-', expected: 'a key that begins with k-' },
        },
      ],
    },
  },
  connect: {
    check: ({ key }) => {
      if (key === 'k-old') return Promise.reject(new ConnectRefused('expected a key that is still good', { field: 'key' }));
      return Promise.resolve({
        accountKey: 'box',
        data: { box: 1 },
        grant: { credentials: { key: key ?? null } },
        displayName: 'Keyed box',
      });
    },
  },
};

describe('an integration', () => {
  const api = anApi({ systems: [...systems, keyed] });
  const { send } = api;

  it.each([
    [{}, 'type: expected one of zendesk, slack, keyed'],
    [{ type: 'app' }, 'type: expected one of zendesk, slack, keyed'],
    [{ type: 'telegram', token: 'x' }, 'type: expected one of zendesk, slack, keyed'],
    [{ type: 'zendesk' }, 'subdomain: expected the first part of your Zendesk address, such as "acme"'],
    [
      { type: 'zendesk', subdomain: 'https://acme.zendesk.com' },
      'subdomain: expected the first part of your Zendesk address, such as "acme"',
    ],
    [{ type: 'zendesk', subdomain: 'acme', clientId: 7 }, 'clientId: expected text: OAuth client: unique identifier'],
    [{ type: 'keyed', key: 'x' }, 'key: expected a key that begins with k-'],
    [{ type: 'keyed', key: 'k-old' }, 'key: expected a key that is still good'],
  ])('is refused as %j', async (body, description) => {
    const refused = await send('POST', '/integrations', body);
    expect(refused.status).toBe(400);
    expect(refused.body).toEqual({ error: { code: 'bad_request', description } });
  });

  it('says at once what its system misses', async () => {
    const refused = await send('POST', '/integrations', { type: 'zendesk', subdomain: 'acme' });
    expect(refused.status).toBe(400);
    expect(refused.at('error', 'description')).toMatch(/^clientId: /);
  });

  it('of typed-in credentials is connected by its creation', async () => {
    const made = await send('POST', '/integrations', { type: 'keyed', key: 'k-1' });
    expect([made.status, made.body]).toEqual([
      201,
      { integration: { _id: expect.any(String), type: 'keyed', status: 'connecting', displayName: 'Keyed box' } },
    ]);
    expect((await send('GET', `/integrations/${made.at('integration', '_id')}`)).body).toEqual(made.body);
    expect(await api().db.selectFrom('destinations').select(['label', 'takes']).where('system', '=', 'keyed').execute()).toEqual([
      { label: 'Keyed box', takes: ['appUser', 'appMaker'] },
    ]);
    await expect.poll(() => api().temporal.woken).toContain('keyed box');
  });

  it('is removed by waking its account, and takes no more messages', async () => {
    const { integration, destination } = await connectAccount(api(), { key: 'leaving' });
    const removed = await send('DELETE', `/integrations/${integration}`);
    expect([removed.status, removed.body]).toEqual([200, {}]);
    expect((await send('GET', `/integrations/${integration}`)).at('integration', 'status')).toBe('removing');
    const row = await api().db.selectFrom('destinations').select('removed_at').where('id', '=', destination).executeTakeFirst();
    expect(row).toEqual({ removed_at: api().clock.now() });
    await expect.poll(() => api().temporal.woken).toContain('zendesk leaving');
    expect((await send('DELETE', `/integrations/${integration}`)).status).toBe(200);
  });

  it.each(['000000000000000000000000', 'zendesk'])('called %s is not there', async (id) => {
    for (const method of ['GET', 'DELETE']) {
      const refused = await send(method, `/integrations/${id}`);
      expect([refused.status, refused.at('error', 'code')]).toEqual([404, 'integration_not_found']);
    }
  });

  it('of another app is not there', async () => {
    const { integration } = await connectAccount(api(), { key: 'ours' });
    const other = createClient(`${api().url}/v1.1`, basic(api().otherApp));
    for (const method of ['GET', 'DELETE']) expect((await other(method, `/integrations/${integration}`)).status).toBe(404);
  });
});

describe('the integrations of an app', () => {
  const api = anApi({ systems: [...systems, keyed] });
  beforeAll(async () => {
    for (const key of ['a', 'b', 'c']) {
      await connectAccount(api(), { key });
      api().clock.advance(1_000);
    }
    await connectAccount(api(), { system: 'keyed', key: 'd' });
    const gone = await connectAccount(api(), { key: 'gone' });
    await api().db.updateTable('integrations').set({ status: 'removed' }).where('id', '=', gone.integration).execute();
  });

  it.each([
    ['', ['zendesk a', 'zendesk b', 'zendesk c', 'keyed d'], false, 0],
    ['?types=keyed', ['keyed d'], false, 0],
    ['?types=zendesk,keyed&limit=2', ['zendesk a', 'zendesk b'], true, 0],
    ['?limit=2&offset=2', ['zendesk c', 'keyed d'], false, 2],
    ['?types=hipchat', [], false, 0],
    ['?types=', [], false, 0],
  ])('are listed for "%s"', async (query, names, hasMore, offset) => {
    const listed = await api.send('GET', `/integrations${query}`);
    expect(listed.body).toMatchObject({
      integrations: names.map((displayName) => ({ displayName, status: 'connected' })),
      hasMore,
      offset,
    });
    expect(listed.body).toHaveProperty('integrations.length', names.length);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=x', 'limit'],
    ['offset=-1', 'offset'],
    ['types=a&types=b', 'types'],
    ['types=%00', 'types'],
  ])('are not listed for ?%s', async (query, field) => {
    const refused = await api.send('GET', `/integrations?${query}`);
    expect(refused.status).toBe(400);
    expect(refused.at('error', 'description')).toMatch(new RegExp(`^${field}: expected `));
  });
});

describe('the business systems of an app user', () => {
  const api = anApi({ systems: [...systems, keyed] });
  let accounts: readonly ConnectedAccount[] = [];
  beforeAll(async () => {
    accounts = [await connectAccount(api(), { key: 'one' }), await connectAccount(api(), { key: 'two' })];
  });

  it('are the threads that are open, under each system’s own word', async () => {
    const user = await aUser(api.send);
    const [one, two] = accounts;
    if (one === undefined || two === undefined) throw new Error('no accounts');
    await openThread(api(), one, { user, remoteId: '1', state: 'closed' });
    await openThread(api(), one, { user, remoteId: '2' });
    const listed = await api.send('GET', `/appusers/${user}/businesssystems`);
    expect(listed.body).toEqual({ businessSystems: [{ type: 'zendesk', ticketId: '2' }] });
    await openThread(api(), two, { user, remoteId: '3' });
    await api().db.updateTable('destinations').set({ removed_at: 1 }).where('id', '=', two.destination).execute();
    expect((await api.send('GET', `/appusers/${user}/businesssystems`)).body).toEqual(listed.body);
  });
});
