import { describe, expect, it } from 'vitest';
import { anApi, aUser, say } from './support/an-api.ts';
import { basic, createClient, statusesOf } from './support/client.ts';

describe('an app user', () => {
  const api = anApi();
  const { send } = api;

  it('is made with a profile and shown as the Smooch API shows one', async () => {
    const made = await send('POST', '/appusers', {
      userId: 'ann',
      givenName: 'Ann',
      surname: 'Lee',
      email: 'ann@example.com',
      signedUpAt: '2020-02-03T04:05:06.000Z',
      properties: { plan: 'gold', seats: 3, trial: false },
    });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      appUser: {
        _id: expect.stringMatching(/^[0-9a-f]{24}$/),
        userId: 'ann',
        givenName: 'Ann',
        surname: 'Lee',
        email: 'ann@example.com',
        signedUpAt: '2020-02-03T04:05:06.000Z',
        properties: { plan: 'gold', seats: 3, trial: false },
        conversationStarted: false,
        credentialRequired: false,
        hasPaymentInfo: false,
        clients: [],
        pendingClients: [],
        devices: [],
      },
    });
  });

  it('is found by _id and by userId', async () => {
    const made = await send('POST', '/appusers', { userId: 'found' });
    const id = made.at('appUser', '_id');
    expect((await send('GET', `/appusers/${id}`)).body).toEqual(made.body);
    expect((await send('GET', '/appusers/found')).body).toEqual(made.body);
  });

  it('is found by _id first, where another has that id for a userId', async () => {
    const first = (await send('POST', '/appusers', { userId: 'first' })).at('appUser', '_id');
    await send('POST', '/appusers', { userId: first });
    expect((await send('GET', `/appusers/${first}`)).at('appUser', 'userId')).toBe('first');
  });

  it('takes the date that JavaScript prints', async () => {
    const made = await send('POST', '/appusers', { userId: 'dated', signedUpAt: 'Mon Feb 03 2020 04:05:06 GMT+0000' });
    expect(made.at('appUser', 'signedUpAt')).toBe('2020-02-03T04:05:06.000Z');
  });

  it('is refused when the app has one of that userId, also when both come at once', async () => {
    const replies = await Promise.all(Array.from({ length: 4 }, () => send('POST', '/appusers', { userId: 'twin' })));
    expect(statusesOf(replies)).toEqual([201, 409, 409, 409]);
    const refused = replies.find(({ status }) => status === 409);
    expect(refused?.body).toEqual({
      error: { code: 'conflict', description: 'userId: expected one that no other app user has' },
    });
  });

  it('changes in what is named, also within properties, and loses what is null', async () => {
    const user = await aUser(send, { givenName: 'Ann', surname: 'Lee', email: 'a@b.example', properties: { a: 1, b: 2 } });
    const changed = await send('PUT', `/appusers/${user}`, { givenName: 'Anna', email: null, properties: { b: null, c: 'x' } });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ appUser: { givenName: 'Anna', surname: 'Lee', properties: { a: 1, c: 'x' } } });
    expect(changed.body).not.toHaveProperty('appUser.email');
    expect(changed.body).not.toHaveProperty('appUser.properties.b');
    expect((await send('GET', `/appusers/${user}`)).body).toEqual(changed.body);
  });

  it('keeps both of two changes that come at once', async () => {
    const user = await aUser(send);
    const names = Array.from({ length: 8 }, (_, index) => `p${index}`);
    await Promise.all(names.map((name) => send('PUT', `/appusers/${user}`, { properties: { [name]: true } })));
    expect((await send('GET', `/appusers/${user}`)).body).toMatchObject({
      appUser: { properties: Object.fromEntries(names.map((name) => [name, true])) },
    });
  });

  it('keeps its userId', async () => {
    const user = await aUser(send);
    expect((await send('PUT', `/appusers/${user}`, { userId: user, givenName: 'Same' })).status).toBe(200);
    const renamed = await send('PUT', `/appusers/${user}`, { userId: 'another' });
    expect(renamed.status).toBe(400);
    expect(renamed.at('error', 'description')).toMatch(/^userId: expected/);
  });

  it('says that its conversation has started once something was said', async () => {
    const user = await aUser(send);
    await say(send, user, 'hello');
    expect((await send('GET', `/appusers/${user}`)).body).toMatchObject({ appUser: { conversationStarted: true } });
  });

  it('is unknown to other apps', async () => {
    await send('POST', '/appusers', { userId: 'ours' });
    const { account, otherApp, url } = api();
    const reply = await createClient(url, basic(account))('GET', `/v1.1/apps/${otherApp.appId}/appusers/ours`);
    expect([reply.status, reply.at('error', 'code')]).toEqual([404, 'user_not_found']);
  });

  it.each([
    [{}, 'userId'],
    [{ userId: '' }, 'userId'],
    [{ userId: 7 }, 'userId'],
    [{ userId: 'ü'.repeat(513) }, 'userId'],
    [{ userId: 'u', givenName: 5 }, 'givenName'],
    [{ userId: 'u', email: 'nobody' }, 'email'],
    [{ userId: 'u', signedUpAt: 'yesterday' }, 'signedUpAt'],
    [{ userId: 'u', avatarUrl: 'javascript:alert(1)' }, 'avatarUrl'],
    [{ userId: 'u', properties: [] }, 'properties'],
    [{ userId: 'u', properties: { deep: { er: 1 } } }, 'properties.deep'],
    [{ userId: 'u\0' }, 'userId'],
    [{ userId: 'u', properties: { 'k\0': 1 } }, 'properties'],
  ])('is refused as %j, naming %s', async (body, field) => {
    const refused = await send('POST', '/appusers', body);
    expect([refused.status, refused.at('error', 'code')]).toEqual([400, 'bad_request']);
    expect(refused.at('error', 'description')).toMatch(new RegExp(`^${field}: expected `));
  });
});

describe('the id of an app user in a path', () => {
  const { send } = anApi();

  // Clients encode some of these and leave others as they are.
  it.each([
    ['an e-mail address', 'steveb@channel5.com', '/appusers/steveb@channel5.com'],
    ['a space', 'ann lee', '/appusers/ann%20lee'],
    ['an encoded slash', 'team/ann', '/appusers/team%2Fann'],
    ['a slash as it is', 'team/ben', '/appusers/team/ben'],
    ['two slashes in a row', 'team//carl', '/appusers/team//carl'],
    ['the name of a route', 'x/profile', '/appusers/x/profile'],
    ['a plus and a percent sign', '100%+x', '/appusers/100%25+x'],
    ['letters beyond ASCII', 'žofie☺', `/appusers/${encodeURIComponent('žofie☺')}`],
    ['a colon and a star', 'sys:1*', '/appusers/sys:1*'],
    ['a slash at the end of the address', 'ended', '/appusers/ended/'],
    ['capital letters in the route', 'Cased', '/appUsers/Cased'],
  ])('may hold %s', async (_what, userId, path) => {
    await send('POST', '/appusers', { userId });
    expect((await send('GET', path)).at('appUser', 'userId')).toBe(userId);
    const messages = `${path.replace(/\/$/, '')}/messages`;
    const said = await send('POST', messages, { role: 'appUser', text: `from ${userId}` });
    expect(said.status).toBe(201);
    expect((await send('GET', messages)).at('messages', 0, 'text')).toBe(`from ${userId}`);
  });

  it.each(['/appusers/%E0%A4%A', '/appusers/a%00b'])('is refused as %s', async (path) => {
    const refused = await send('GET', path);
    expect([refused.status, refused.at('error', 'code')]).toEqual([400, 'bad_request']);
  });
});
