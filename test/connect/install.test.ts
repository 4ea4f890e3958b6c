import { describe, expect, it } from 'vitest';
import { zendesk } from '../../activities/zendesk/index.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { statusesOf } from '../api/support/client.ts';
import { aConsole } from '../console/support/visitor.ts';
import { aHost, allow, installable, post } from './support/installable.ts';

const descriptorOf = (install: string) => new URL(install).searchParams.get('url') ?? '';
const callbackOf = (install: string) => descriptorOf(install).replace('/descriptor/', '/installed/');

describe('a system that is connected by an install link', () => {
  const host = aHost();
  const system = installable(host.url);
  const byOAuth = { ...system, name: 'redirected', facts: zendesk.facts };
  const { api, ada } = aConsole({ systems: [system, byOAuth], allowedNetworks: ['127.0.0.0/8'] });
  const home = () => `/console/apps/${api().app.appId}/integrations`;
  const create = (room: string) => api.send('POST', '/integrations', { type: 'installable', room });
  const link = async (room: string) => (await create(room)).at('integration', 'connectUrl');

  /** A person begins in the console. */
  const begin = async (room: string) => {
    const { text } = await ada().send(`${home()}/connect/installable`, { room });
    const install = /href="([^"]+\/install\?url=[^"]+)" target="_blank"/.exec(text)?.[1] ?? '';
    return { text, install, waitsFor: /data-live="([^"]+)"/.exec(text)?.[1] ?? '' };
  };

  /** All that connecting may change. */
  const kept = async () => ({
    accounts: await api().db.selectFrom('accounts').selectAll().execute(),
    grants: await api().db.selectFrom('grants').selectAll().execute(),
    integrations: await api().db.selectFrom('integrations').selectAll().execute(),
    destinations: await api().db.selectFrom('destinations').selectAll().execute(),
    states: await api().db.selectFrom('connect_states').select(['hash', 'used_at', 'problem']).orderBy('hash').execute(),
  });

  it('is connected once its host has read the descriptor and posted what it grants', async () => {
    const created = await create('hall');
    const install = created.at('integration', 'connectUrl');
    expect(install.startsWith(`${host.url()}/install?url=`)).toBe(true);
    const token = descriptorOf(install).split('/').at(-1) ?? '';
    const rows = JSON.stringify(await api().db.selectFrom('connect_states').selectAll().execute());
    expect([token.length, rows.includes(token)]).toEqual([43, false]);
    const { status, callback } = await allow(install, 'good-hall');
    expect([status, callback]).toEqual([200, `${api().url}/connect/installable/installed/${token}`]);
    const shown = await api.send('GET', `/integrations/${created.at('integration', '_id')}`);
    expect([shown.at('integration', 'status'), shown.at('integration', 'displayName')]).toEqual(['connecting', 'Chatter hall']);
    const account = await api().db.selectFrom('accounts').select(['data']).where('key', '=', 'hall').executeTakeFirstOrThrow();
    expect(account.data).toEqual({ room: 'hall' });
    expect(api().temporal.woken).toContain('installable hall');
  });

  it('is waited for in the console, which then leads to it', async () => {
    const { text, install, waitsFor } = await begin('lobby');
    expect(text).toContain('Waiting for Chatter…');
    const still = await ada().look(waitsFor);
    expect([still.status, still.text.includes('Waiting for Chatter…')]).toEqual([200, true]);
    expect((await allow(install, 'good-lobby')).status).toBe(200);
    const page = await ada().look((await ada().look(waitsFor)).location);
    expect(page.text).toContain('<h1>Chatter lobby</h1>');
    expect(page.text).toContain('Chatter lobby is connected.');
  });

  it('tells its refusal to the host and in the console, and keeps nothing', async () => {
    const { install, waitsFor } = await begin('cellar');
    const { states: _, ...before } = await kept();
    const refused = await allow(install, 'bad');
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('Chatter does not know what was posted. Install it again.');
    const page = await ada().look((await ada().look(waitsFor)).location);
    expect(page.text).toContain('Chatter does not know what was posted. Install it again.');
    expect(page.text).toContain('value="cellar"');
    expect(await kept()).toMatchObject(before);
    expect((await allow(install, 'good-cellar')).text).toContain('This address was used before');
    const inputs = await api().db.selectFrom('connect_states').select('input').where('problem', 'is not', null).execute();
    expect(inputs).toEqual([{ input: '' }]);
  });

  it('names the field that it does not take, and keeps nothing', async () => {
    const before = await kept();
    expect((await create('closed')).at('error', 'description')).toBe('room: expected a room that is open');
    expect((await ada().send(`${home()}/connect/installable`, { room: 'closed' })).text).toContain(
      'Expected a room that is open',
    );
    expect(await kept()).toEqual(before);
  });

  it('is connected by one of several that post at once', async () => {
    const callback = callbackOf(await link('raced'));
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(callback, { key: 'good-raced' })));
    expect(statusesOf(answers)).toEqual([200, 400, 400, 400, 400, 400]);
  });

  const used = async () => {
    const install = await link('used');
    expect((await allow(install, 'good-used')).status).toBe(200);
    return install;
  };
  const late = async () => {
    const install = await link('late');
    api().clock.advance(10 * MINUTE);
    return install;
  };
  const unknown = async () => (await link('unknown')).replace(/[\w-]{43}$/, 'a'.repeat(43));

  it.each([
    ['unknown', 'does not belong to anything that was begun here', unknown],
    ['used', 'was used before; it works once', used],
    ['late', 'More than ten minutes have passed', late],
  ])('shows no descriptor for a token that is %s, and lets nobody post with it', async (_which, why, which) => {
    const install = await which();
    const before = await kept();
    for (const answer of [await fetch(descriptorOf(install)), await post(callbackOf(install), { key: 'good-thief' })]) {
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain(why);
    }
    expect(await kept()).toEqual(before);
  });

  it.each([
    ['a list', [], 400, 'body: expected an object'],
    ['more than 100 KB', { key: 'x'.repeat(101 * 1_024) }, 413, 'body: expected no more than 100 KB'],
  ])('does not use up its token for %s', async (_what, body, status, words) => {
    const callback = callbackOf(await link('patient'));
    const before = await kept();
    const answer = await post(callback, body);
    expect([answer.status, (await answer.text()).includes(words)]).toEqual([status, true]);
    expect(await kept()).toEqual(before);
    expect((await post(callback, { key: 'good-patient' })).status).toBe(200);
  });

  it('has no such addresses where it is connected in another way', async () => {
    for (const name of ['redirected', 'nothing']) {
      expect((await fetch(`${api().url}/connect/${name}/descriptor/token`)).status).toBe(404);
      expect((await post(`${api().url}/connect/${name}/installed/token`, {})).status).toBe(404);
    }
  });
});
