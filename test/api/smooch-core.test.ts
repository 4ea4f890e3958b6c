import { describe, expect, it } from 'vitest';
import Smooch from 'smooch-core';
import { anApi } from './support/an-api.ts';

const target = 'https://example.com/hook';

/** The client as its users have it: in app scope it leaves the app out, in account scope it names it first. */
describe.each(['app', 'account'] as const)('smooch-core 8 in %s scope', (scope) => {
  const api = anApi();

  function client() {
    const { app, account, url } = api();
    const key = scope === 'app' ? app : account;
    const smooch = new Smooch({ keyId: key.keyId, secret: key.secret, scope, serviceUrl: url });
    const named = scope === 'account' ? [app.appId] : [];
    return { smooch, named, inApp: scope === 'account' ? { appId: app.appId } : {} };
  }

  it('makes, reads and changes app users', async () => {
    const { smooch, named, inApp } = client();
    const profile = { userId: 'steveb@channel5.com', givenName: 'Steve', signedUpAt: new Date(0), properties: { plan: 'gold' } };
    const made = await smooch.appUsers.create({ ...inApp, appUser: profile });
    expect(made).toMatchObject({ appUser: { userId: 'steveb@channel5.com', signedUpAt: '1970-01-01T00:00:00.000Z' } });
    expect(await smooch.appUsers.get(...named, 'steveb@channel5.com')).toEqual(made);
    const changed = await smooch.appUsers.update(...named, 'steveb@channel5.com', { surname: 'B', properties: { plan: null } });
    expect(changed).toMatchObject({ appUser: { givenName: 'Steve', surname: 'B', properties: {} } });
  });

  it('is told of faults by code, description and status', async () => {
    const { smooch, named } = client();
    await expect(smooch.appUsers.get(...named, 'nobody')).rejects.toMatchObject({
      code: 'user_not_found',
      message: 'there is no such app user',
      response: { status: 404 },
    });
    await expect(smooch.appUsers.sendMessage(...named, 'steveb@channel5.com', { text: 'x' })).rejects.toMatchObject({
      code: 'bad_request',
      description: 'role: expected appUser or appMaker',
    });
  });

  it('sends and lists messages', async () => {
    const { smooch, named, inApp } = client();
    await smooch.appUsers.create({ ...inApp, appUser: { userId: 'a b/c' } });
    const message = {
      role: 'appMaker',
      type: 'text',
      text: 'Hi',
      name: 'Zoe',
      actions: [{ type: 'link', text: 'Go', uri: 'https://example.com' }],
    };
    const sent = await smooch.appUsers.sendMessage(...named, 'a b/c', message);
    expect(sent).toMatchObject({ message: { text: 'Hi', actions: [{ text: 'Go' }] }, conversation: { unreadCount: 1 } });
    expect(await smooch.appUsers.getMessages(...named, 'a b/c')).toMatchObject({ messages: [{ text: 'Hi', name: 'Zoe' }] });
    expect(await smooch.appUsers.getMessages(...named, 'a b/c', { before: 1.5 })).toMatchObject({ messages: [] });
  });

  it('reads the conversation and tells what is done in it', async () => {
    const { smooch, named } = client();
    const typing = { role: 'appMaker', type: 'typing:start' };
    expect(await smooch.appUsers.conversationActivity(...named, 'a b/c', typing)).toMatchObject({
      conversation: { unreadCount: 1 },
    });
    expect(await smooch.conversations.resetUnreadCount(...named, 'a b/c')).toMatchObject({ conversation: { unreadCount: 0 } });
    expect(await smooch.conversations.get(...named, 'a b/c')).toMatchObject({ conversation: { unreadCount: 0 } });
    expect(await smooch.appUsers.getBusinessSystems(...named, 'a b/c')).toEqual({ businessSystems: [] });
  });

  it('makes, lists, reads, changes and deletes webhooks', async () => {
    const { smooch, named } = client();
    const made = await smooch.webhooks.create(...named, { target, triggers: ['message:appUser'] });
    const id = idOf(made);
    expect(await smooch.webhooks.get(...named, id)).toEqual(made);
    expect(await smooch.webhooks.list(...named)).toMatchObject({ webhooks: [{ _id: id, target }] });
    expect(await smooch.webhooks.update(...named, id, { triggers: ['*'] })).toMatchObject({ webhook: { triggers: ['*'] } });
    expect(await smooch.webhooks.delete(...named, id)).toEqual({});
    expect(await smooch.webhooks.list(...named)).toEqual({ webhooks: [] });
  });

  it('lists integrations, which always take the app', async () => {
    const { smooch } = client();
    const listed = await smooch.integrations.list(api().app.appId, ['zendesk', 'slack'], 10, 5);
    expect(listed).toEqual({ integrations: [], hasMore: false, offset: 5 });
  });
});

const idOf = (made: unknown): string => String(Object(Object(made).webhook)['_id']);
