import { describe, expect, it } from 'vitest';
import { readGrant } from '../../src/db/accounts/grants.ts';
import { toId } from '../../src/domain/ids.ts';
import type { WebhookId } from '../../src/domain/ids.ts';
import { anApi, aUser, say } from './support/an-api.ts';
import { basic, createClient, statusesOf } from './support/client.ts';
import type { Reply } from './support/client.ts';

const target = 'https://hooks.example.com/in?x=1';

const id = (webhook: Reply): string => webhook.at('webhook', '_id');

describe('a webhook', () => {
  const api = anApi();
  const { send } = api;
  /** How it is delivered. */
  const destinationOf = (webhook: Reply) =>
    api()
      .db.selectFrom('destinations as d')
      .innerJoin('accounts as a', 'a.id', 'd.account_id')
      .select(['d.system', 'd.label', 'd.takes', 'd.window_ms', 'd.removed_at', 'd.generation', 'd.parked_generation'])
      .select(['a.id as account', 'a.key', 'a.data'])
      .where('d.webhook_id', '=', toId<WebhookId>(id(webhook)))
      .executeTakeFirstOrThrow();

  it('is made for messages where it does not say, with a secret of its own', async () => {
    const made = await send('POST', '/webhooks', { target });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      webhook: {
        _id: expect.stringMatching(/^[0-9a-f]{24}$/),
        target,
        triggers: ['message'],
        secret: expect.stringMatching(/^[0-9a-f]{60}$/),
        version: 'v1.1',
        includeClient: false,
        includeFullAppUser: false,
      },
    });
    expect((await send('GET', `/webhooks/${id(made)}`)).body).toEqual(made.body);
  });

  it('is a destination of the system "app" from the next message on', async () => {
    const made = await send('POST', '/webhooks', { target, includeFullAppUser: true });
    expect(await destinationOf(made)).toMatchObject({
      system: 'app',
      label: 'Webhook hooks.example.com',
      takes: ['appUser', 'appMaker'],
      window_ms: 0,
      key: id(made),
      data: { target, version: 'v1.1', includeClient: false, includeFullAppUser: true },
    });
    const user = await aUser(send);
    const said = await say(send, user, 'hello');
    await api().dispatch.drain();
    const bell = api().temporal.rung.find(({ conversation }) => conversation === said.at('conversation', '_id'));
    expect(bell?.bell.lanes?.map(({ label }) => label)).toContain('Webhook hooks.example.com');
  });

  it('has the payload of the version whose path it was made under', async () => {
    const v1 = createClient(`${api().url}/v1`, basic(api().app));
    const made = await v1('POST', '/webhooks', { target });
    expect(made.at('webhook', 'version')).toBe('v1');
    const changed = await send('PUT', `/webhooks/${id(made)}`, { includeClient: true });
    expect(changed.body).toMatchObject({ webhook: { version: 'v1', includeClient: true } });
    expect((await destinationOf(made)).data).toMatchObject({ version: 'v1', includeClient: true });
  });

  it('keeps its secret sealed', async () => {
    const made = await send('POST', '/webhooks', { target });
    const { account } = await destinationOf(made);
    const grants = JSON.stringify(await api().db.selectFrom('grants').selectAll().execute());
    expect(grants).not.toContain(made.at('webhook', 'secret'));
    const grant = await readGrant(api().db, api().vault, account);
    expect(grant?.credentials).toEqual({ secret: made.at('webhook', 'secret') });
    await send('DELETE', `/webhooks/${id(made)}`);
  });

  it('changes in what is named', async () => {
    const made = await send('POST', '/webhooks', { target });
    const changed = await send('PUT', `/webhooks/${id(made)}`, { triggers: ['message:appUser'], target: 'https://new.example/' });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      webhook: { target: 'https://new.example/', triggers: ['message:appUser'], secret: made.at('webhook', 'secret') },
    });
    expect(await destinationOf(made)).toMatchObject({
      label: 'Webhook new.example',
      takes: ['appUser'],
      data: { target: 'https://new.example/' },
      generation: 1,
    });
    await send('DELETE', `/webhooks/${id(made)}`);
  });

  it('that was parked is repaired by a change', async () => {
    const made = await send('POST', '/webhooks', { target });
    const { account } = await destinationOf(made);
    await api()
      .db.updateTable('destinations')
      .set({ parked_generation: 1, parked_reason: 'no success for 3 days', failing_since: 1 })
      .where('account_id', '=', account)
      .execute();
    await send('PUT', `/webhooks/${id(made)}`, { target: 'https://repaired.example/' });
    expect(await destinationOf(made)).toMatchObject({ generation: 2, parked_generation: 1 });
    await send('DELETE', `/webhooks/${id(made)}`);
  });

  it('is gone when it is deleted, with its secret, and hears nothing more', async () => {
    const made = await send('POST', '/webhooks', { target });
    const { account } = await destinationOf(made);
    const deleted = await send('DELETE', `/webhooks/${id(made)}`);
    expect([deleted.status, deleted.body]).toEqual([200, {}]);
    for (const method of ['GET', 'DELETE'])
      expect((await send(method, `/webhooks/${id(made)}`)).at('error', 'code')).toBe('webhook_not_found');
    expect((await send('PUT', `/webhooks/${id(made)}`, { target })).status).toBe(404);
    expect((await destinationOf(made)).removed_at).toBe(api().clock.now());
    expect(await readGrant(api().db, api().vault, account)).toBeUndefined();
    expect((await send('GET', '/webhooks')).text).not.toContain(id(made));
  });

  it.each([
    ['*', ['appUser', 'appMaker']],
    ['message', ['appUser', 'appMaker']],
    ['message:appUser', ['appUser']],
    ['message:appMaker', ['appMaker']],
    ['postback', []],
    ['typing:appUser', []],
    ['delivery:success', []],
    ['notification:delivery:failure', []],
  ])('with the trigger %s takes the messages of %j', async (trigger, takes) => {
    const made = await send('POST', '/webhooks', { target, triggers: [trigger] });
    expect(made.body).toMatchObject({ webhook: { triggers: [trigger] } });
    expect((await destinationOf(made)).takes).toEqual(takes);
    await send('DELETE', `/webhooks/${id(made)}`);
  });

  it.each([
    [{}, 'target'],
    [{ target: 'example.com' }, 'target'],
    [{ target: 'ftp://example.com' }, 'target'],
    [{ target: 'http://127.0.0.1:8080/' }, 'target'],
    [{ target: 'http://10.0.0.1/' }, 'target'],
    [{ target: 'http://[::ffff:10.0.0.1]/' }, 'target'],
    [{ target, triggers: [] }, 'triggers'],
    [{ target, triggers: 'message' }, 'triggers'],
    [{ target, triggers: ['message', 'sunrise'] }, 'triggers.1'],
    [{ target, includeClient: 'yes' }, 'includeClient'],
  ])('is refused as %j, naming %s', async (body, field) => {
    const refused = await send('POST', '/webhooks', body);
    expect([refused.status, refused.at('error', 'code')]).toEqual([400, 'bad_request']);
    expect(refused.at('error', 'description')).toMatch(new RegExp(`^${field}: expected `));
  });

  it('may be in a network that the operator allows', async () => {
    const made = await send('POST', '/webhooks', { target: 'http://10.1.2.3/' });
    expect(made.status).toBe(201);
    await send('DELETE', `/webhooks/${id(made)}`);
  });

  it('of another app is not there', async () => {
    const made = await send('POST', '/webhooks', { target });
    const other = createClient(`${api().url}/v1.1`, basic(api().otherApp));
    for (const method of ['GET', 'DELETE']) expect((await other(method, `/webhooks/${id(made)}`)).status).toBe(404);
    expect((await other('PUT', `/webhooks/${id(made)}`, { target })).status).toBe(404);
    expect((await other('GET', '/webhooks')).body).toEqual({ webhooks: [] });
  });
});

describe('the webhooks of an app', () => {
  const api = anApi();

  it('are ten at most, also when they are made at the same time', async () => {
    const made = await Promise.all(Array.from({ length: 14 }, () => api.send('POST', '/webhooks', { target })));
    expect(statusesOf(made)).toEqual([...Array<number>(10).fill(201), ...Array<number>(4).fill(400)]);
    const listed = await api.send('GET', '/webhooks');
    expect(Object.keys(Object(Object(listed.body).webhooks))).toHaveLength(10);
    const refused = made.find(({ status }) => status === 400);
    expect(refused?.at('error', 'description')).toMatch(/^webhooks: expected at most 10/);
  });
});
