import { describe, expect, it } from 'vitest';
import { aCustomer, aSandbox, aTicket, anAccount, comment } from './account.ts';

const sandbox = aSandbox();

describe('creating a ticket', () => {
  it('answers ticket and audit; the first comment is the submitter’s', async () => {
    const { api, adminId } = await anAccount(sandbox());
    const customer = await aCustomer(api);
    const ticket = {
      subject: 'Where is it?',
      requester_id: customer,
      submitter_id: customer,
      external_id: 'conv:1',
      tags: ['Smooch', 'two words'],
      comment: { html_body: '<p>Hello</p>', public: true },
      custom_fields: [{ id: 7, value: 'x' }],
      metadata: { batch: 'b1' },
    };
    const reply = await api.post('/tickets.json', { ticket });
    expect(reply.status).toBe(201);
    expect(reply.headers.get('location')).toBe(`${api.url}/api/v2/tickets/1.json`);
    expect(reply.at('ticket', 'tags')).toEqual(['smooch', 'two_words']);
    expect(reply.at('ticket', 'status')).toBe('new');
    expect(reply.at('ticket', 'via', 'channel')).toBe('api');
    expect(reply.at('ticket', 'custom_fields')).toEqual([{ id: 7, value: 'x' }]);
    expect(reply.at('audit', 'metadata', 'custom')).toEqual({ batch: 'b1' });
    expect([reply.at('audit', 'author_id'), reply.at('audit', 'events', 0, 'author_id')]).toEqual([adminId, customer]);
  });

  it('makes the requester the submitter when none is named', async () => {
    const { api } = await anAccount(sandbox());
    const customer = await aCustomer(api);
    const reply = await api.post('/tickets', { ticket: { requester_id: customer, comment: { body: 'x' } } });
    expect([reply.at('ticket', 'submitter_id'), reply.at('audit', 'events', 0, 'author_id')]).toEqual([customer, customer]);
  });

  it('needs a comment, and people who exist', async () => {
    const { api } = await anAccount(sandbox());
    expect((await api.post('/tickets', { ticket: { subject: 'x' } })).status).toBe(422);
    const unknown = await api.post('/tickets', { ticket: { requester_id: 5, comment: { body: 'x' } } });
    expect([unknown.status, unknown.at('error')]).toEqual([422, 'RecordInvalid']);
  });

  it('refuses what is not JSON, and attributes of the wrong type', async () => {
    const { api } = await anAccount(sandbox());
    expect((await api.post('/tickets', '{"ticket":')).status).toBe(400);
    const wrong = await api.post('/tickets', { ticket: { comment: { body: 5 } } });
    expect([wrong.status, wrong.at('error', 'title')]).toEqual([400, 'Invalid attribute']);
  });
});

describe('the Idempotency-Key', () => {
  const KEY = { 'idempotency-key': 'once-only' };
  const sent = JSON.stringify({ ticket: { comment: { body: 'x' } } });

  it('answers the second call as the first, for two hours', async () => {
    const { api } = await anAccount(sandbox());
    const first = await api.post('/tickets', sent, KEY);
    const second = await api.post('/tickets', sent, KEY);
    expect([first.headers.get('x-idempotency-lookup'), second.headers.get('x-idempotency-lookup')]).toEqual(['miss', 'hit']);
    expect([second.status, second.text]).toEqual([201, first.text]);
    sandbox().clock.advance(2 * 3_600_000);
    expect((await api.post('/tickets', sent, KEY)).id('ticket', 'id')).not.toBe(first.id('ticket', 'id'));
  });

  it('makes one ticket of two calls at the same moment', async () => {
    const { api } = await anAccount(sandbox());
    const replies = await Promise.all([1, 2, 3].map(() => api.post('/tickets', sent, KEY)));
    expect(new Set(replies.map((reply) => reply.id('ticket', 'id'))).size).toBe(1);
    expect(replies.filter((reply) => reply.headers.get('x-idempotency-lookup') === 'miss')).toHaveLength(1);
  });

  it('is refused with a body that differs by one byte', async () => {
    const { api } = await anAccount(sandbox());
    await api.post('/tickets', sent, KEY);
    const other = await api.post('/tickets', `${sent} `, KEY);
    expect(other.status).toBe(400);
    expect(other.at('error')).toBe('IdempotentRequestError');
    expect(other.at('description')).toBe("Request parameters don't match the given idempotency key");
  });

  it('keeps no refusal', async () => {
    const { api } = await anAccount(sandbox());
    await api.post('/tickets', { ticket: {} }, KEY);
    expect((await api.post('/tickets', sent, KEY)).status).toBe(201);
  });
});

describe('updating a ticket', () => {
  it('keeps the token’s owner as updater, whoever is the author', async () => {
    const { api, adminId } = await anAccount(sandbox());
    const customer = await aCustomer(api);
    const ticket = await aTicket(api, { requester_id: customer });
    const reply = await comment(api, ticket, { body: 'More', author_id: customer });
    expect([reply.at('audit', 'author_id'), reply.at('audit', 'events', 0, 'author_id')]).toEqual([adminId, customer]);
    const listed = await api.get(`/tickets/${ticket}/comments`);
    expect(listed.at('comments', 1, 'id')).toBe(reply.at('audit', 'events', 0, 'id'));
  });

  it('does not reopen by itself for an end user’s comment', async () => {
    const { api } = await anAccount(sandbox());
    const customer = await aCustomer(api);
    const ticket = await aTicket(api, { requester_id: customer });
    await api.put(`/tickets/${ticket}`, { ticket: { status: 'solved' } });
    const silent = await comment(api, ticket, { body: 'Still broken', author_id: customer });
    expect(silent.at('ticket', 'status')).toBe('solved');
    const said = await api.put(`/tickets/${ticket}`, { ticket: { status: 'open' } });
    expect(said.at('ticket', 'status')).toBe('open');
  });

  it('replaces tags, while the tags endpoints add, set and remove', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api, { tags: ['a', 'b'] });
    expect((await api.put(`/tickets/${ticket}`, { ticket: { tags: ['c'] } })).at('ticket', 'tags')).toEqual(['c']);
    expect((await api.put(`/tickets/${ticket}/tags`, { tags: ['d'] })).at('tags')).toEqual(['c', 'd']);
    expect((await api.delete(`/tickets/${ticket}/tags`, { tags: ['c'] })).at('tags')).toEqual(['d']);
    expect((await api.post(`/tickets/${ticket}/tags`, { tags: ['e'] })).at('tags')).toEqual(['e']);
    expect((await api.get(`/tickets/${ticket}/tags.json`)).at('tags')).toEqual(['e']);
  });

  it('leaves no trace when nothing changes, metadata or not', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    await api.put(`/tickets/${ticket}`, { ticket: { subject: 'Help', metadata: { batch: 'lost' } } });
    const audits = await api.get(`/tickets/${ticket}/audits`);
    expect(audits.count('audits')).toBe(1);
    expect(audits.text).not.toContain('lost');
  });

  it('keeps metadata of about a kilobyte in the audit, and no more', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    await api.put(`/tickets/${ticket}`, { ticket: { comment: { body: 'x' }, metadata: { batch: 'b2' } } });
    const newest = await api.get(`/tickets/${ticket}/audits?sort=-created_at&page[size]=1`);
    expect(newest.at('audits', 0, 'metadata', 'custom')).toEqual({ batch: 'b2' });
    const tooLong = { comment: { body: 'x' }, metadata: { batch: 'x'.repeat(1_100) } };
    expect((await api.put(`/tickets/${ticket}`, { ticket: tooLong })).status).toBe(422);
  });

  it('is refused with 409 when it is to be safe and comes too late', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    const seen = (await api.get(`/tickets/${ticket}`)).at('ticket', 'updated_at');
    sandbox().clock.advance(2_000);
    const first = await api.put(`/tickets/${ticket}`, { ticket: { subject: 'a', safe_update: true, updated_stamp: seen } });
    expect(first.status).toBe(200);
    for (const safe_update of [true, false]) {
      const late = await api.put(`/tickets/${ticket}`, { ticket: { subject: 'b', safe_update, updated_stamp: seen } });
      expect([late.status, late.at('error')]).toEqual([409, 'UpdateConflict']);
    }
  });

  it('tells in the audit what changed', async () => {
    const { api, benId } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    const reply = await api.put(`/tickets/${ticket}`, { ticket: { assignee_id: benId, priority: 'high' } });
    expect(reply.at('ticket', 'status')).toBe('open');
    expect(reply.at('audit', 'events', 0)).toMatchObject({
      type: 'Change',
      field_name: 'status',
      value: 'open',
      previous_value: 'new',
    });
    expect(reply.at('audit', 'events', 2)).toMatchObject({
      field_name: 'assignee_id',
      value: String(benId),
      previous_value: null,
    });
  });
});

describe('finding tickets', () => {
  it('by external id finds all that carry it, until they are archived', async () => {
    const { api } = await anAccount(sandbox());
    const first = await aTicket(api, { external_id: 'conv:7' });
    const second = await aTicket(api, { external_id: 'conv:7' });
    await aTicket(api, { external_id: 'conv:8' });
    const found = await api.get('/tickets.json?external_id=conv:7');
    expect([found.at('tickets', 0, 'id'), found.at('tickets', 1, 'id'), found.count('tickets')]).toEqual([first, second, 2]);
    await api.put(`/tickets/${first}`, { ticket: { status: 'closed' } });
    sandbox().clock.advance(121 * 86_400_000);
    expect((await api.get('/tickets?external_id=conv:7')).count('tickets')).toBe(1);
    expect((await api.get(`/tickets/${first}`)).status).toBe(200);
  });

  it('answers 404 RecordNotFound for one that is not there', async () => {
    const { api } = await anAccount(sandbox());
    const reply = await api.get('/tickets/99');
    expect([reply.status, reply.at('error')]).toEqual([404, 'RecordNotFound']);
  });
});
