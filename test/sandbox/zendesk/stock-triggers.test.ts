import { describe, expect, it } from 'vitest';
import type { ZendeskControl } from '../../../src/sandbox/zendesk/control/control.ts';
import { aCustomer, aSandbox, aTicket, anAccount, comment } from './account.ts';

const sandbox = aSandbox();

/** Which trigger would have mailed whom, leaving out the mails to all agents. */
const mails = async (control: ZendeskControl) =>
  (await control.outbox())
    .filter((mail) => !mail.trigger_title?.includes('all agents'))
    .map((mail) => [mail.trigger_title, mail.to]);

describe('the stock triggers', () => {
  it('mail the requester of a ticket that the API makes for them', async () => {
    const { api, control } = await anAccount(sandbox());
    await aTicket(api, { requester_id: await aCustomer(api, { email: 'zoe@shop.example' }) });
    expect(await mails(control)).toEqual([['Notify requester of new proactive ticket', 'zoe@shop.example']]);
  });

  it('mail the requester for each forwarded message and each answer, with its text', async () => {
    const { api, control } = await anAccount(sandbox());
    const customer = await aCustomer(api, { email: 'zoe@shop.example' });
    const ticket = await aTicket(api, { requester_id: customer });
    await control.clearOutbox();
    await comment(api, ticket, { body: 'From the app', author_id: customer });
    await control.act({ do: 'reply', ticket, as: 'Ben', text: 'From an agent' });
    await control.act({ do: 'note', ticket, as: 'Ben', text: 'Internal' });
    const expected = ['Notify requester and CCs of comment update', 'zoe@shop.example'];
    expect(await mails(control)).toEqual([expected, expected]);
    const last = (await control.outbox()).at(-1);
    expect([last?.ticket_id, last?.body.includes('From an agent'), last?.body.includes('--\nBen')]).toEqual([ticket, true, true]);
  });

  it('mail the requester when the ticket is solved', async () => {
    const { api, control } = await anAccount(sandbox());
    const ticket = await aTicket(api, { requester_id: await aCustomer(api, { email: 'zoe@shop.example' }) });
    await control.clearOutbox();
    await api.put(`/tickets/${ticket}`, { ticket: { status: 'solved' } });
    await api.put(`/tickets/${ticket}`, { ticket: { subject: 'Still solved' } });
    expect(await mails(control)).toEqual([['Notify requester of solved request', 'zoe@shop.example']]);
  });

  it('mail people in copy too, but nobody when the requester has no address', async () => {
    const { api, control } = await anAccount(sandbox());
    const copy = await aCustomer(api, { email: 'copy@shop.example' });
    const [reachable, not] = [await aCustomer(api, { email: 'zoe@shop.example' }), await aCustomer(api)];
    const tickets = [];
    for (const requester_id of [reachable, not]) tickets.push(await aTicket(api, { requester_id, email_cc_ids: [copy] }));
    await control.clearOutbox();
    for (const ticket of tickets) await comment(api, ticket, { body: 'x' });
    expect((await mails(control)).map(([, to]) => to)).toEqual(['zoe@shop.example', 'copy@shop.example']);
  });

  it('mail all agents about a new ticket', async () => {
    const { api, control } = await anAccount(sandbox());
    await aTicket(api);
    expect((await control.outbox()).map((mail) => mail.to.split('@')[0])).toEqual(['ada', 'ben', 'chloe']);
  });

  it('are quiet once they exclude a tag that the ticket carries from the start', async () => {
    const { api, control } = await anAccount(sandbox());
    const all = await api.get('/triggers');
    for (const index of [0, 1, 2, 3, 4]) {
      const conditions = all.at('triggers', index, 'conditions', 'all');
      const added = [
        ...(Array.isArray(conditions) ? conditions : []),
        { field: 'current_tags', operator: 'not_includes', value: 'smooch' },
      ];
      const trigger = { conditions: { all: added, any: [] }, actions: all.at('triggers', index, 'actions') };
      expect(await api.put(`/triggers/${all.id('triggers', index, 'id')}`, { trigger })).toMatchObject({ status: 200 });
    }
    const customer = await aCustomer(api, { email: 'zoe@shop.example' });
    const ticket = await aTicket(api, { requester_id: customer, tags: ['smooch'] });
    await comment(api, ticket, { body: 'x', author_id: customer });
    expect(await control.outbox()).toEqual([]);
  });
});
