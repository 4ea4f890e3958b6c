import { describe, expect, it } from 'vitest';
import { aCustomer, aSandbox, aTicket, anAccount, comment } from './account.ts';
import { createApi, type Reply } from './api.ts';

const sandbox = aSandbox();
const MINUTE = 60_000;
const updateHeader = (reply: Reply) => reply.headers.get('zendesk-ratelimit-tickets-update');

describe('the limit of a ticket', () => {
  it('is fifteen updates in ten minutes, whoever writes and on what way', async () => {
    const { api, control, benId } = await anAccount(sandbox());
    const ben = createApi(control.url, await control.issueToken(['read', 'write'], benId));
    const ticket = await aTicket(api);
    for (let time = 1; time <= 5; time += 1) {
      expect((await comment(api, ticket, { body: `a${time}` })).status).toBe(200);
      expect((await comment(ben, ticket, { body: `b${time}` })).status).toBe(200);
      await control.act({ do: 'note', ticket, as: 'Chloe', text: `c${time}` });
    }
    const refused = await comment(api, ticket, { body: 'one too many' });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(590);
    expect(updateHeader(refused)).toMatch(/^total=15; remaining=0; resets=\d+$/);
    await expect(control.act({ do: 'note', ticket, as: 'Ben', text: 'x' })).rejects.toMatchObject({ answer: { status: 429 } });
    expect((await api.put(`/tickets/${ticket}/tags`, { tags: ['x'] })).status).toBe(429);
    expect((await comment(api, await aTicket(api), { body: 'another ticket' })).status).toBe(200);
  });

  it('counts down in the header of each update, and not in others', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    expect(updateHeader(await comment(api, ticket, { body: '1' }))).toBe('total=15; remaining=14; resets=600');
    sandbox().clock.advance(MINUTE);
    expect(updateHeader(await comment(api, ticket, { body: '2' }))).toMatch(/^total=15; remaining=13; resets=5(39|40)$/);
    expect(updateHeader(await api.get(`/tickets/${ticket}`))).toBeNull();
  });

  it('is over when the Retry-After is', async () => {
    const { api, control } = await anAccount(sandbox());
    await control.set({ ticketUpdateLimit: 1 });
    const ticket = await aTicket(api);
    await comment(api, ticket, { body: '1' });
    const refused = await comment(api, ticket, { body: '2' });
    sandbox().clock.advance(Number(refused.headers.get('retry-after')) * 1_000);
    expect((await comment(api, ticket, { body: '2' })).status).toBe(200);
  });

  it('never lets more through in any ten minutes', async () => {
    const { api, control } = await anAccount(sandbox());
    await control.set({ ticketUpdateLimit: 2 });
    const ticket = await aTicket(api);
    const after = async (minutes: number) => {
      sandbox().clock.advance(minutes * MINUTE);
      return (await comment(api, ticket, { body: 'x' })).status;
    };
    expect([await after(0), await after(9), await after(1), await after(8), await after(1)]).toEqual([200, 200, 200, 429, 200]);
  });

  it('can be set to count for each user and ticket', async () => {
    const { api, control, benId } = await anAccount(sandbox());
    await control.set({ ticketUpdateLimit: 1, ticketUpdateLimitPer: 'userAndTicket' });
    const ben = createApi(control.url, await control.issueToken(['read', 'write'], benId));
    const ticket = await aTicket(api);
    const customer = await aCustomer(api);
    expect((await comment(api, ticket, { body: '1' })).status).toBe(200);
    expect((await comment(ben, ticket, { body: '2' })).status).toBe(200);
    expect((await comment(api, ticket, { body: '3', author_id: customer })).status).toBe(429);
  });
});

describe('the limit of ticket updates in the account', () => {
  it('holds over all tickets, and names itself by its total', async () => {
    const { api, control } = await anAccount(sandbox());
    await control.set({ ticketUpdatesPerMinute: 1 });
    const [first, second] = [await aTicket(api), await aTicket(api)];
    sandbox().clock.set(Math.ceil(sandbox().clock.now() / MINUTE) * MINUTE);
    expect((await comment(api, first, { body: '1' })).status).toBe(200);
    const refused = await comment(api, second, { body: '2' });
    expect([refused.status, updateHeader(refused)]).toEqual([429, expect.stringMatching(/^total=1; remaining=0; resets=\d+$/)]);
    expect(refused.headers.get('x-rate-limit-remaining')).not.toBe('0');
  });
});

describe('the limit of the account', () => {
  it('is on every answer, and refuses in plain text', async () => {
    const { api, control } = await anAccount(sandbox());
    await control.set({ requestsPerMinute: 2 });
    sandbox().clock.set(Math.ceil(sandbox().clock.now() / MINUTE) * MINUTE);
    const first = await api.get('/users/me');
    expect([first.headers.get('x-rate-limit'), first.headers.get('x-rate-limit-remaining')]).toEqual(['2', '1']);
    const second = await api.get('/tickets/404');
    expect([second.status, second.headers.get('ratelimit-limit'), second.headers.get('ratelimit-remaining')]).toEqual([
      404,
      '2',
      '0',
    ]);
    const refused = await api.get('/users/me');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toContain('text/plain');
    expect(refused.text).toBe('Number of allowed API requests per minute exceeded');
    sandbox().clock.advance(Number(refused.headers.get('retry-after')) * 1_000);
    expect((await api.get('/users/me')).status).toBe(200);
  });
});
