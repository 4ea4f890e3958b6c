import { describe, expect, it } from 'vitest';
import { aSandbox, aTicket, anAccount, comment, type TestAccount } from './account.ts';
import { eventually } from '../receiver.ts';

const sandbox = aSandbox();
const onUpdate = { method: 'PUT', path: '/tickets/*' } as const;

async function saidOn({ api }: TestAccount, ticket: number): Promise<number | undefined> {
  return (await api.get(`/tickets/${ticket}/comments`)).count('comments');
}

const outcome = (call: Promise<{ readonly status: number }>): Promise<number | string> =>
  call.then(
    (reply) => reply.status,
    () => 'no answer',
  );

describe('a scripted fault', () => {
  it('answers a status, with headers and body, before anything happens', async () => {
    const account = await anAccount(sandbox());
    const ticket = await aTicket(account.api);
    await account.control.addFault({
      ...onUpdate,
      kind: 'status',
      status: 503,
      headers: { 'retry-after': '7' },
      body: 'gone fishing',
    });
    const reply = await comment(account.api, ticket, { body: 'x' });
    expect([reply.status, reply.headers.get('retry-after'), reply.text]).toEqual([503, '7', 'gone fishing']);
    expect(await saidOn(account, ticket)).toBe(1);
    expect((await comment(account.api, ticket, { body: 'x' })).status).toBe(200);
  });

  it('answers slowly', async () => {
    const { api, control } = await anAccount(sandbox());
    await control.addFault({ kind: 'slow', ms: 150, path: '/users/me' });
    const started = performance.now();
    expect((await api.get('/users/me.json')).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(140);
  });

  it('loses the answer after the commit', async () => {
    const account = await anAccount(sandbox());
    const ticket = await aTicket(account.api);
    await account.control.addFault({ ...onUpdate, kind: 'lostAnswer' });
    expect(await outcome(comment(account.api, ticket, { body: 'x' }))).toBe('no answer');
    expect(await saidOn(account, ticket)).toBe(2);
  });

  it.each(['drop', 'hold'] as const)('commits late, after the caller has given up (%s)', async (connection) => {
    const account = await anAccount(sandbox());
    const ticket = await aTicket(account.api);
    await account.control.addFault({ ...onUpdate, kind: 'lateCommit', ms: 1_200, connection });
    const caller = fetch(`${account.api.url}/tickets/${ticket}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${await account.control.adminToken()}` },
      body: JSON.stringify({ ticket: { comment: { body: 'x' } } }),
      signal: AbortSignal.timeout(150),
    });
    expect(await outcome(caller)).toBe('no answer');
    expect(await saidOn(account, ticket)).toBe(1);
    expect(await eventually(async () => (await saidOn(account, ticket)) === 2)).toBe(true);
  });

  it('hangs and does nothing', async () => {
    const account = await anAccount(sandbox());
    await account.control.addFault({ kind: 'hang', path: '/users/me' });
    const me = `${account.control.url}/users/me`;
    expect(await outcome(fetch(me, { signal: AbortSignal.timeout(100) }))).toBe('no answer');
    expect((await account.control.faults())[0]?.fired).toBe(1);
  });

  it('loses the new pair of tokens when it hits a refresh', async () => {
    const { control } = await anAccount(sandbox());
    await control.addFault({ method: 'POST', path: '/oauth/tokens', kind: 'lostAnswer' });
    expect(await outcome(fetch(`${control.url}/oauth/tokens`, { method: 'POST' }))).toBe('no answer');
    expect((await control.faults())[0]?.fired).toBe(1);
  });

  it('fires as often as it says, after those it lets pass, and counts', async () => {
    const { api, control } = await anAccount(sandbox());
    await control.addFault({ kind: 'status', status: 500, path: '/users/me', times: 2, skip: 1 });
    const statuses = [];
    for (let time = 1; time <= 5; time += 1) statuses.push((await api.get('/users/me')).status);
    expect(statuses).toEqual([200, 500, 500, 200, 200]);
    expect(await control.faults()).toMatchObject([{ fired: 2, matched: 3 }]);
  });

  it('leaves other methods and paths alone, and can be cleared', async () => {
    const { api, control } = await anAccount(sandbox());
    await control.addFault({ ...onUpdate, kind: 'status', status: 500 });
    const ticket = await aTicket(api);
    expect((await api.put(`/tickets/${ticket}/tags`, { tags: ['x'] })).status).toBe(200);
    await control.clearFaults();
    expect((await comment(api, ticket, { body: 'x' })).status).toBe(200);
    expect(await control.faults()).toEqual([]);
  });
});

describe('the request log', () => {
  it('says what was asked and answered, and which fault fired', async () => {
    const { api, control } = await anAccount(sandbox());
    await control.addFault({ kind: 'lostAnswer', path: '/users/me', skip: 1 });
    await control.clearRequests();
    await api.get('/users/me.json');
    await outcome(api.get('/users/me'));
    await api.get('/tickets/7?include=users');
    const log = await control.requests();
    expect(log.map(({ method, path, status, answered, fault }) => [method, path, status, answered, fault])).toEqual([
      ['GET', '/users/me', 200, true, null],
      ['GET', '/users/me', 200, false, 'lostAnswer'],
      ['GET', '/tickets/7?include=users', 404, true, null],
    ]);
  });
});
