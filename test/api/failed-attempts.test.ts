import { beforeAll, describe, expect, it } from 'vitest';
import { anApi } from './support/an-api.ts';
import { basic, createClient } from './support/client.ts';
import type { Client } from './support/client.ts';
import { connectAccount } from './support/connected-account.ts';

/** What is looked at before an address is told to wait. */
const LIMIT = 100;

/** Asks in vain, as often as it takes. @returns the statuses, each once. */
async function exhaust(ask: () => ReturnType<Client>): Promise<readonly number[]> {
  const statuses = new Set<number>();
  for (let attempt = 0; attempt < LIMIT; attempt += 1) statuses.add((await ask()).status);
  return [...statuses];
}

/** As a proxy in front of the API sends requests on. */
const from = (address: string) => ({ 'x-forwarded-for': address });

describe('who shows wrong keys', () => {
  const api = anApi();
  const ask = (address: string, secret: string) =>
    createClient(`${api().url}/v1.1`, basic({ ...api().app, secret }))('GET', '/webhooks', undefined, from(address));

  it('is told to wait after a hundred within a minute, whatever comes then', async () => {
    const address = '203.0.113.1';
    expect(await exhaust(() => ask(address, 'a guess'))).toEqual([401]);
    const refused = await ask(address, api().app.secret);
    expect([refused.status, refused.at('error', 'code')]).toEqual([429, 'too_many_requests']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });

  it('holds up nobody at another address', async () => {
    expect((await ask('203.0.113.2', api().app.secret)).status).toBe(200);
  });

  it('gains nothing from having many addresses of one network', async () => {
    let host = 0;
    expect(await exhaust(() => ask(`2001:db8:1:2::${(host += 1).toString(16)}`, 'a guess'))).toEqual([401]);
    expect((await ask('2001:db8:1:2::ffff', 'a guess')).status).toBe(429);
    expect((await ask('2001:db8:1:3::1', 'a guess')).status).toBe(401);
  });

  it('is not mistaken for those who show right ones, however many', async () => {
    const address = '203.0.113.3';
    expect(await exhaust(() => ask(address, api().app.secret))).toEqual([200]);
    expect((await ask(address, api().app.secret)).status).toBe(200);
  });
});

describe('who sends hook requests with wrong signatures', () => {
  const api = anApi();
  let accounts: readonly string[];
  beforeAll(async () => {
    accounts = [(await connectAccount(api(), { key: 'acme' })).account, (await connectAccount(api(), { key: 'other' })).account];
  });
  const send = (account = '') => createClient(api().url)('POST', `/hooks/zendesk/${account}`, {}, from('203.0.113.1'));

  it('is told to wait, for this account alone', async () => {
    expect(await exhaust(() => send(accounts[0]))).toEqual([401]);
    expect((await send(accounts[0])).status).toBe(429);
    expect((await send(accounts[1])).status).toBe(401);
  });
});

describe('whom the API takes for its proxies', () => {
  const api = anApi({ trustedProxies: [] });
  const ask = (address: string) => createClient(api().url)('GET', '/v1.1/webhooks', undefined, from(address));

  it('are those that the operator names, and nobody else may say where a request is from', async () => {
    let host = 0;
    expect(await exhaust(() => ask(`203.0.113.${(host += 1)}`))).toEqual([401]);
    expect((await ask('203.0.113.200')).status).toBe(429);
  });
});
