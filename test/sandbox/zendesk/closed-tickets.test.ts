import { describe, expect, it } from 'vitest';
import { aCustomer, aSandbox, aTicket, anAccount, comment } from './account.ts';

const sandbox = aSandbox();
const DAY = 86_400_000;
const solved = { ticket: { status: 'solved' } };
const closed = { ticket: { status: 'closed' } };

describe('a closed ticket', () => {
  it('takes no update, with the words that Zendesk has for it', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    await api.put(`/tickets/${ticket}`, closed);
    for (const reply of [await comment(api, ticket, { body: 'x' }), await api.put(`/tickets/${ticket}/tags`, { tags: ['x'] })]) {
      expect(reply.status).toBe(422);
      expect(reply.at('error')).toBe('RecordInvalid');
      expect(reply.at('details', 'status', 0, 'description')).toBe('Status: closed prevents ticket update');
    }
  });

  it('is what a solved one becomes after four days', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    await api.put(`/tickets/${ticket}`, solved);
    sandbox().clock.advance(4 * DAY - 60_000);
    expect((await api.get(`/tickets/${ticket}`)).at('ticket', 'status')).toBe('solved');
    sandbox().clock.advance(61_000);
    expect((await api.get(`/tickets/${ticket}`)).at('ticket', 'status')).toBe('closed');
  });

  it('is not what one becomes that was reopened and solved again meanwhile', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    await api.put(`/tickets/${ticket}`, solved);
    sandbox().clock.advance(3 * DAY);
    await api.put(`/tickets/${ticket}`, { ticket: { status: 'open' } });
    await api.put(`/tickets/${ticket}`, solved);
    sandbox().clock.advance(2 * DAY);
    expect((await api.get(`/tickets/${ticket}`)).at('ticket', 'status')).toBe('solved');
  });
});

describe('a follow-up', () => {
  it('inherits the tags of the closed ticket, and its first comment is the caller’s unless it says', async () => {
    const { api, adminId } = await anAccount(sandbox());
    const customer = await aCustomer(api);
    const parent = await aTicket(api, { requester_id: customer, tags: ['smooch', 'x'], external_id: 'conv:1' });
    await api.put(`/tickets/${parent}`, closed);
    const input = { via_followup_source_id: parent, requester_id: customer, submitter_id: customer, comment: { body: 'Again' } };
    const followUp = await api.post('/tickets', { ticket: input });
    expect(followUp.at('ticket', 'tags')).toEqual(['smooch', 'x']);
    expect(followUp.at('ticket', 'external_id')).toBeNull();
    expect(followUp.at('ticket', 'via', 'source')).toMatchObject({ from: { ticket_id: parent }, rel: 'follow_up' });
    expect(followUp.at('audit', 'events', 0, 'author_id')).toBe(adminId);
    expect((await api.get(`/tickets/${parent}`)).at('ticket', 'followup_ids')).toEqual([followUp.id('ticket', 'id')]);
    const named = await api.post('/tickets', {
      ticket: { ...input, tags: ['own'], comment: { body: 'x', author_id: customer } },
    });
    expect([named.at('ticket', 'tags'), named.at('audit', 'events', 0, 'author_id')]).toEqual([['own'], customer]);
  });

  it('of a ticket that is not closed is an ordinary ticket', async () => {
    const { api } = await anAccount(sandbox());
    const parent = await aTicket(api, { tags: ['x'] });
    const reply = await api.post('/tickets', { ticket: { via_followup_source_id: parent, comment: { body: 'x' } } });
    expect([reply.at('ticket', 'tags'), reply.at('ticket', 'via', 'source', 'rel')]).toEqual([[], null]);
  });
});

describe('a deleted ticket', () => {
  it('is not found any more', async () => {
    const { api, control } = await anAccount(sandbox());
    const [byApi, byAgent] = [await aTicket(api), await aTicket(api, { external_id: 'gone' })];
    expect((await api.delete(`/tickets/${byApi}`)).status).toBe(204);
    await control.act({ do: 'delete', ticket: byAgent, as: 'Ben' });
    for (const ticket of [byApi, byAgent]) {
      expect((await api.get(`/tickets/${ticket}`)).at('error')).toBe('RecordNotFound');
      expect((await comment(api, ticket, { body: 'x' })).status).toBe(404);
    }
    expect((await api.get('/tickets?external_id=gone')).count('tickets')).toBe(0);
  });
});

describe('a merged ticket', () => {
  it('is closed and tagged, and its audit names where it went', async () => {
    const { api, control } = await anAccount(sandbox());
    const [source, target] = [await aTicket(api, { tags: ['smooch'] }), await aTicket(api)];
    await control.act({ do: 'merge', ticket: source, into: target, as: 'Ben' });
    const gone = await api.get(`/tickets/${source}`);
    expect([gone.at('ticket', 'status'), gone.at('ticket', 'tags')]).toEqual(['closed', ['closed_by_merge', 'smooch']]);
    const newest = await api.get(`/tickets/${source}/audits?sort_order=desc`);
    expect(newest.at('audits', 0, 'via', 'source')).toMatchObject({ to: { ticket_id: target }, rel: 'merge' });
    const said = await api.get(`/tickets/${target}/comments`);
    expect([said.at('comments', 1, 'public'), said.at('comments', 1, 'plain_body')]).toEqual([
      false,
      `Request #${source} "Help" was closed and merged into this request.`,
    ]);
  });

  it('can be merged through the API as well', async () => {
    const { api } = await anAccount(sandbox());
    const [source, target] = [await aTicket(api), await aTicket(api)];
    expect((await api.post(`/tickets/${target}/merge`, { ids: [source] })).at('job_status', 'status')).toBe('completed');
    expect((await api.get(`/tickets/${source}`)).at('ticket', 'status')).toBe('closed');
  });
});

describe('the agent interface', () => {
  it('assigns and opens an unassigned ticket to who answers it', async () => {
    const { api, control, benId } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    const { commentId } = await control.act({ do: 'reply', ticket, as: 'Ben', text: 'Hi' });
    const now = await api.get(`/tickets/${ticket}`);
    expect([now.at('ticket', 'status'), now.at('ticket', 'assignee_id')]).toEqual(['open', benId]);
    expect((await api.get(`/tickets/${ticket}/comments`)).at('comments', 1, 'id')).toBe(commentId);
    expect((await api.get(`/tickets/${ticket}/comments`)).at('comments', 1, 'via', 'channel')).toBe('web');
  });

  it('reopens a solved ticket when the customer answers by mail', async () => {
    const { api, control } = await anAccount(sandbox());
    const customer = await aCustomer(api);
    const ticket = await aTicket(api, { requester_id: customer });
    await control.act({ do: 'solve', ticket, as: 'Ben', text: 'Done' });
    await control.act({ do: 'reply', ticket, as: customer, text: 'Not done' });
    expect((await api.get(`/tickets/${ticket}`)).at('ticket', 'status')).toBe('open');
  });

  it('changes requester and tags', async () => {
    const { api, control } = await anAccount(sandbox());
    const [ticket, other] = [await aTicket(api, { tags: ['a'] }), await aCustomer(api, { name: 'Other' })];
    await control.act({ do: 'changeRequester', ticket, as: 'Ben', requester: other });
    await control.act({ do: 'tag', ticket, as: 'Ben', add: ['b'], remove: ['a'] });
    const now = await api.get(`/tickets/${ticket}`);
    expect([now.at('ticket', 'requester_id'), now.at('ticket', 'tags')]).toEqual([other, ['b']]);
  });
});
