import { describe, expect, it } from 'vitest';
import { seeDevice } from '../../src/db/devices.ts';
import { atZendesk } from './support/at-zendesk.ts';
import type { AtZendesk } from './support/at-zendesk.ts';
import { aCustomer, aField, customers, mergeInto, One, refuseUserWrite } from './support/people.ts';

const PHONE = {
  platform: 'ios',
  appVersion: '2.4',
  info: { appName: 'Shop', devicePlatform: 'iPhone15,2', os: 'iOS', osVersion: '17.1', carrier: 'Vodafone' },
};
const onPhone = '- Shop 2.4 on iPhone15,2, iOS 17.1';
const changesOf = async (at: AtZendesk): Promise<number> => (await at.calls('POST /users')) + (await at.calls('PUT /users'));
const details = async (at: AtZendesk) => (await customers(at))[0]?.details;

describe('what an app user writes on, at Zendesk', () => {
  const desk = atZendesk({ install: false });

  it('stands in the details of the end user and in the fields that bear its names, all devices together', async () => {
    const at = desk();
    for (const key of ['device', 'os_version', 'app_version', 'carrier', 'plan'])
      await aField(at, { key, title: key, type: 'text' });
    await at.profile({ properties: { plan: 'gold', appVersion: 'as the app says' } });
    await at.device('d1', PHONE);
    at.world.clock.advance(1_000);
    await at.device('d2', { platform: 'web', info: { URL: '{{ticket.id}}', browserLanguage: 'de' } });
    await at.says('one');
    const [ann] = await customers(at);
    expect(ann?.details).toBe(`Writes in Demo on:\n${onPhone}\n- {\u2060{ticket.id}\u2060} on Web Messenger, in German`);
    expect(ann?.user_fields).toEqual({
      device: 'Shop 2.4 on iPhone15,2, iOS 17.1; {{ticket.id}} on Web Messenger, in German',
      app_version: 'as the app says',
      plan: 'gold',
    });
    expect((await at.comments('public')).map(({ text }) => text)).toEqual(['one']);
  });

  it('is written when it changes, and not because it was used or is somewhere else', async () => {
    const at = desk();
    await at.device('d1', PHONE);
    await at.says('one');
    expect(await details(at)).toBe(`Writes in Demo on:\n${onPhone}`);
    await at.world.zendesk.clearRequests();
    at.world.clock.advance(60_000);
    const { app_user_id: user } = await at.world.db.selectFrom('devices').select('app_user_id').executeTakeFirstOrThrow();
    expect(await seeDevice(at.world.db, { user, id: 'd1' }, at.world.clock.now())).toBe('ios');
    await at.device('d1', { info: { ...PHONE.info, carrier: 'another', wifi: true, currentUrl: 'https://a.example' } });
    await at.says('two');
    expect(await at.calls('/user')).toBe(0);
    await at.device('d1', { appVersion: '2.5' });
    await at.says('three');
    await at.says('four');
    expect(await details(at)).toContain('Shop 2.5');
    expect(await changesOf(at)).toBe(1);
  });

  it('is taken away with the last device', async () => {
    const at = desk();
    await at.device('d1', PHONE);
    await at.says('one');
    await at.world.db.deleteFrom('devices').execute();
    await at.says('two');
    expect(await details(at)).toBe('');
  });

  it('leaves alone what somebody else wrote into the details, and end users whom we did not make', async () => {
    const at = desk();
    await at.device('d1', PHONE);
    await at.says('one');
    const [ann] = await customers(at);
    await at.api('PUT', `/users/${ann?.id}`, One, { user: { details: 'Likes tea.' } });
    await at.device('d1', { appVersion: '2.5' });
    await at.says('two');
    expect(await details(at)).toBe('Likes tea.');
    await mergeInto(at, await aCustomer(at, { name: 'Ann Customer' }));
    await at.device('d1', { appVersion: '2.6' });
    await at.says('three');
    expect(await customers(at)).toMatchObject([{ name: 'Ann Customer', details: null }]);
  });

  it('that Zendesk refuses holds up nothing, and is not tried again until it changes', async () => {
    const at = desk();
    await at.says('one');
    await at.device('d1', PHONE);
    const refused = await refuseUserWrite(at);
    await at.says('two');
    expect(await refused()).toBe(1);
    await at.says('three');
    expect((await at.comments('public')).map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(await details(at)).toBe(null);
  });
});
