import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { anApi, aUser, say } from './support/an-api.ts';
import { createClient } from './support/client.ts';

const iPhone = {
  platform: 'ios',
  appVersion: '2.4',
  info: { appName: 'Shop', devicePlatform: 'iPhone15,2', os: 'iOS', osVersion: '17.1', wifi: true },
};

describe('what an app user writes on', () => {
  const api = anApi();
  const { send } = api;
  const devicesOf = async (user: string) => (await send('GET', `/appusers/${user}`)).body;

  it('is told under a name of the app’s own, and shown with the app user as clients and as devices', async () => {
    const user = await aUser(send);
    const told = await send('PUT', `/appusers/${user}/devices/d1`, iPhone);
    const now = new Date(api().clock.now()).toISOString().slice(0, 16);
    const device = {
      id: 'd1',
      ...iPhone,
      active: true,
      primary: true,
      status: 'active',
      linkedAt: expect.stringMatching(`^${now.slice(0, 13)}`),
      lastSeen: expect.stringMatching(`^${now.slice(0, 13)}`),
    };
    expect([told.status, told.body]).toEqual([200, { device }]);
    expect(await devicesOf(user)).toMatchObject({ appUser: { clients: [device], devices: [device] } });
  });

  it('changes in what is named; `info` is replaced whole', async () => {
    const user = await aUser(send);
    await send('PUT', `/appusers/${user}/devices/d1`, iPhone);
    const changed = await send('PUT', `/appusers/${user}/devices/d1`, { appVersion: '', info: { os: 'iOS', carrier: null } });
    expect(changed.body).toMatchObject({ device: { platform: 'ios', info: { os: 'iOS' } } });
    expect(changed.body).not.toHaveProperty('device.appVersion');
    expect(changed.body).not.toHaveProperty('device.info.carrier');
  });

  it('is forgotten when the app says so, once', async () => {
    const user = await aUser(send);
    await send('PUT', `/appusers/${user}/devices/d1`, iPhone);
    expect((await send('DELETE', `/appusers/${user}/devices/d1`)).status).toBe(200);
    expect(await devicesOf(user)).toMatchObject({ appUser: { clients: [] } });
    const again = await send('DELETE', `/appusers/${user}/devices/d1`);
    expect([again.status, again.at('error', 'code')]).toEqual([404, 'device_not_found']);
  });

  it('is of at most ten kinds: the one that was not heard of for the longest time goes, also when many come at once', async () => {
    const user = await aUser(send);
    const tell = (name: string) => send('PUT', `/appusers/${user}/devices/${name}`, { platform: 'web' });
    for (const name of ['old', 'kept']) {
      await tell(name);
      api().clock.advance(1_000);
    }
    await say(send, user, 'still here', { deviceId: 'old' });
    api().clock.advance(1_000);
    await Promise.all(Array.from({ length: 9 }, (_, index) => tell(`new-${index}`)));
    const all = api().db.selectFrom('devices as d').innerJoin('app_users as u', 'u.id', 'd.app_user_id').select('d.id');
    const kept = (await all.where('u.user_id', '=', user).orderBy('d.id').execute()).map(({ id }) => id);
    expect(kept).toEqual([...Array.from({ length: 9 }, (_, index) => `new-${index}`), 'old']);
  });

  it('is where a message comes from that names it, and is primary then', async () => {
    const user = await aUser(send);
    await send('PUT', `/appusers/${user}/devices/phone`, { platform: 'ios' });
    api().clock.advance(60_000);
    await send('PUT', `/appusers/${user}/devices/browser`, { platform: 'web' });
    api().clock.advance(60_000);
    const said = await say(send, user, 'Hello', { deviceId: 'phone' });
    expect(said.body).toMatchObject({ message: { source: { type: 'ios', id: 'phone' } } });
    expect(await devicesOf(user)).toMatchObject({
      appUser: {
        clients: [
          { id: 'phone', primary: true },
          { id: 'browser', primary: false },
        ],
      },
    });
    expect((await say(send, user, 'Hello', { deviceId: 'unknown' })).body).toMatchObject({
      message: { source: { type: 'api', id: 'unknown' } },
    });
    const answered = await say(send, user, 'Hello', { role: 'appMaker', deviceId: 'phone' });
    expect(answered.body).toMatchObject({ message: { source: { type: 'api' } } });
    expect(answered.body).not.toHaveProperty('message.source.id');
  });

  it.each([
    ['nothing at all', {}, 'platform'],
    ['an empty platform', { platform: '' }, 'platform'],
    ['a platform of two words', { platform: 'my phone' }, 'platform'],
    ['a number for a version', { platform: 'web', appVersion: 2 }, 'appVersion'],
    ['a list for info', { platform: 'web', info: [] }, 'info'],
    ['an object within info', { platform: 'web', info: { screen: { width: 1 } } }, 'info.screen'],
    ['more than 8 KB of info', { platform: 'web', info: { currentUrl: 'ü'.repeat(4_100) } }, 'info'],
    ['a NUL character', { platform: 'web', info: { os: 'a\0' } }, 'info.os'],
  ])('is refused with %s', async (_what, body, field) => {
    const user = await aUser(send);
    const refused = await send('PUT', `/appusers/${user}/devices/d1`, body);
    expect([refused.status, refused.at('error', 'code')]).toEqual([400, 'bad_request']);
    expect(refused.at('error', 'description')).toMatch(new RegExp(`^${field}: expected `));
    expect(await devicesOf(user)).toMatchObject({ appUser: { clients: [] } });
  });

  it('has a name of at most 255 characters, also in a message', async () => {
    const user = await aUser(send);
    const refused = await send('PUT', `/appusers/${user}/devices/${'d'.repeat(256)}`, iPhone);
    expect(refused.at('error', 'description')).toMatch(/^deviceId: expected at most 255/);
    expect((await say(send, user, 'x', { deviceId: 7 })).at('error', 'description')).toMatch(/^deviceId: expected/);
  });

  it('goes with its app user, also when a version erases them that knows nothing of devices', async () => {
    const user = await aUser(send);
    await send('PUT', `/appusers/${user}/devices/d1`, { platform: 'erased' });
    const { db } = api();
    const { id } = await db.selectFrom('app_users').select('id').where('user_id', '=', user).executeTakeFirstOrThrow();
    await db.deleteFrom('conversations').where('app_user_id', '=', id).execute();
    await db.deleteFrom('app_users').where('id', '=', id).execute();
    expect(await db.selectFrom('devices').select('id').where('platform', '=', 'erased').execute()).toEqual([]);
  });
});

describe('a client that begins', () => {
  const api = anApi();
  const { send } = api;
  const device = { id: 'd1', ...iPhone };
  const asUser = async (userId: string) => {
    const { keyId, secret } = api().app;
    const jwt = new SignJWT({ scope: 'appUser', userId }).setProtectedHeader({ alg: 'HS256', kid: keyId });
    return createClient(api().url, `Bearer ${await jwt.sign(new TextEncoder().encode(secret))}`);
  };

  it('tells who the app user is and what they write on, and makes them if need be', async () => {
    const begun = await send('POST', '/init', { userId: 'zoe', givenName: 'Zoe', device });
    expect(begun.status).toBe(200);
    expect(begun.body).toMatchObject({
      app: { _id: api().app.appId, name: 'Demo', hasIcon: false, settings: {} },
      appUser: { userId: 'zoe', givenName: 'Zoe', clients: [{ id: 'd1', platform: 'ios' }] },
    });
    const again = await send('POST', '/init', { userId: 'zoe', surname: 'Lee', device: { ...device, appVersion: '2.5' } });
    expect(again.at('appUser', '_id')).toBe(begun.at('appUser', '_id'));
    expect(again.body).toMatchObject({ appUser: { givenName: 'Zoe', surname: 'Lee', clients: [{ appVersion: '2.5' }] } });
  });

  it('makes one app user when many of theirs begin at once', async () => {
    const begun = await Promise.all(
      Array.from({ length: 6 }, (_, index) => send('POST', '/init', { userId: 'yan', device: { ...device, id: `d${index}` } })),
    );
    expect(new Set(begun.map((reply) => reply.at('appUser', '_id'))).size).toBe(1);
  });

  it('is whom its token names', async () => {
    const ann = await asUser('ann');
    expect((await ann('POST', '/v1/init', { device })).at('appUser', 'userId')).toBe('ann');
    expect((await ann('PUT', '/v1/appusers/ann/devices/d1', { info: {} })).status).toBe(200);
    const other = await ann('POST', '/v1/init', { userId: 'zoe', device });
    expect([other.status, other.at('error', 'description')]).toEqual([403, expect.stringMatching(/^userId: /)]);
    expect((await ann('PUT', '/v1/appusers/zoe/devices/d1', iPhone)).status).toBe(403);
  });

  it.each([
    ['nobody', { device }, 'userId'],
    ['no device', { userId: 'new' }, 'device'],
    ['a device without a platform', { userId: 'new', device: { id: 'd' } }, 'device.platform'],
    ['a device without a name', { userId: 'new', device: { platform: 'web' } }, 'device.id'],
    ['a faulty profile', { userId: 'new', device, email: 'nobody' }, 'email'],
  ])('is refused with %s, and nobody is made', async (_what, body, field) => {
    const refused = await send('POST', '/init', body);
    expect([refused.status, refused.at('error', 'description')]).toEqual([
      400,
      expect.stringMatching(new RegExp(`^${field}: expected`)),
    ]);
    expect((await send('GET', '/appusers/new')).status).toBe(404);
  });
});
