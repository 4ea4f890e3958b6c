import { describe, expect, it } from 'vitest';
import { aSandbox, aTicket, anAccount, comment } from './account.ts';
import type { Api, Reply } from './api.ts';

const sandbox = aSandbox();
const LAG = 61_000;
const since = (epochMs: number, extra = '') =>
  `/incremental/tickets/cursor.json?start_time=${Math.floor(epochMs / 1_000)}${extra}`;
const next = (api: Api, page: Reply) => api.get(`/incremental/tickets/cursor?cursor=${String(page.at('after_cursor'))}`);
const ids = (page: Reply) => Array.from({ length: page.count('tickets') ?? 0 }, (_, index) => page.at('tickets', index, 'id'));

describe('the incremental export', () => {
  it('tells what changed since a time, in the order of change, once each', async () => {
    const { api } = await anAccount(sandbox());
    const before = await aTicket(api);
    sandbox().clock.advance(LAG);
    const start = sandbox().clock.now();
    sandbox().clock.advance(2_000);
    const [first, second] = [await aTicket(api), await aTicket(api)];
    await comment(api, first, { body: 'later' });
    sandbox().clock.advance(LAG);
    const page = await api.get(since(start));
    expect(ids(page)).toEqual([second, first]);
    expect(page.at('end_of_stream')).toBe(true);
    await comment(api, before, { body: 'again' });
    sandbox().clock.advance(LAG);
    expect(ids(await next(api, page))).toEqual([before]);
  });

  it('leaves out the last minute, and misses nothing by it', async () => {
    const { api } = await anAccount(sandbox());
    const start = sandbox().clock.now() - 120_000;
    const ticket = await aTicket(api);
    const early = await api.get(since(start));
    expect(ids(early)).toEqual([]);
    sandbox().clock.advance(LAG);
    expect(ids(await next(api, early))).toEqual([ticket]);
  });

  it('goes page by page', async () => {
    const { api } = await anAccount(sandbox());
    const start = sandbox().clock.now() - 120_000;
    const all = [await aTicket(api), await aTicket(api), await aTicket(api)];
    sandbox().clock.advance(LAG);
    const page = await api.get(since(start, '&per_page=2'));
    expect([page.at('end_of_stream'), ids(page), ids(await next(api, page))]).toEqual([false, all.slice(0, 2), all.slice(2)]);
  });

  it('tells of deleted tickets', async () => {
    const { api } = await anAccount(sandbox());
    const start = sandbox().clock.now() - 120_000;
    await api.delete(`/tickets/${await aTicket(api)}`);
    sandbox().clock.advance(LAG);
    expect((await api.get(since(start))).at('tickets', 0, 'status')).toBe('deleted');
  });

  it('refuses a start of less than a minute ago', async () => {
    const { api } = await anAccount(sandbox());
    const reply = await api.get(since(sandbox().clock.now()));
    expect([reply.status, reply.text.includes('Too recent start_time')]).toEqual([422, true]);
  });

  it('can be asked ten times a minute', async () => {
    const { api } = await anAccount(sandbox());
    sandbox().clock.set(Math.ceil(sandbox().clock.now() / 60_000) * 60_000);
    const ask = () => api.get(since(sandbox().clock.now() - 120_000));
    for (let time = 1; time <= 10; time += 1) expect((await ask()).status).toBe(200);
    const refused = await ask();
    expect([refused.status, refused.at('error')]).toEqual([429, 'APIRateLimitExceeded']);
  });
});
