import { describe, expect, it } from 'vitest';
import { aCustomer, aSandbox, aTicket, anAccount, comment } from './account.ts';
import { createApi } from './api.ts';

const sandbox = aSandbox();
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('the list of tickets', () => {
  it('shows the one with the newest activity first, and says that it is a sandbox', async () => {
    const { api, control } = await anAccount(sandbox());
    const first = await aTicket(api, { subject: 'Older', tags: ['smooch'] });
    await aTicket(api, { subject: 'Newer' });
    await comment(api, first, { body: 'x' });
    const { text } = await createApi(control.url).call('GET', '/agent');
    expect(text.indexOf('Older')).toBeLessThan(text.indexOf('Newer'));
    expect(text).toContain('Sandbox.');
    expect(text).toContain('<span class="tag">smooch</span>');
  });
});

describe('the page of a ticket', () => {
  it('tells public from internal, and shows authors and files', async () => {
    const { api, control } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    const token = (await api.post('/uploads?filename=a.txt', Buffer.from('x'), { 'content-type': 'text/plain' })).at(
      'upload',
      'token',
    );
    await control.act({ do: 'reply', ticket, as: 'Ben', text: 'Out', uploads: [String(token)] });
    await control.act({ do: 'note', ticket, as: 'Chloe', text: 'In' });
    const { text } = await createApi(control.url).call('GET', `/agent/tickets/${ticket}`);
    expect(text).toMatch(/class="comment from-agent public"[\s\S]*Out[\s\S]*a\.txt/);
    expect(text).toMatch(/class="comment from-agent internal"[\s\S]*Chloe[\s\S]*Internal note[\s\S]*In/);
    expect(text).toMatch(/class="comment from-customer public"[\s\S]*Zoe Customer/);
  });

  it('shows hostile text as text', async () => {
    const { api, control } = await anAccount(sandbox());
    const hostile = '<img src=x onerror=alert(1)>"\'';
    const requester_id = await aCustomer(api, { name: hostile });
    const ticket = await aTicket(api, {
      requester_id,
      subject: hostile,
      tags: ['<b>'],
      comment: { html_body: `<svg onload=x>${hostile}` },
    });
    await comment(api, ticket, { body: hostile, author_id: requester_id });
    for (const path of ['/agent', `/agent/tickets/${ticket}`]) {
      const { text } = await createApi(control.url).call('GET', path);
      expect(text).toContain('&lt;img src=x onerror');
      expect(text).not.toMatch(/<img[^>]*onerror|<svg|<b>/);
    }
  });

  it('answers, and solves with what is written', async () => {
    const { api, control, benId } = await anAccount(sandbox());
    const site = createApi(control.url);
    const ticket = await aTicket(api);
    const path = `/agent/tickets/${ticket}/act`;
    const sent = await site.call('POST', path, `do=reply&kind=public&as=${benId}&text=Hello`, FORM);
    expect([sent.status, sent.headers.get('location')]).toEqual([303, `${control.url}/agent/tickets/${ticket}`]);
    await site.call('POST', path, `do=solve&kind=internal&as=${benId}&text=Note`, FORM);
    const said = await api.get(`/tickets/${ticket}/comments`);
    expect([1, 2].map((index) => said.at('comments', index, 'public'))).toEqual([true, false]);
    expect((await api.get(`/tickets/${ticket}`)).at('ticket', 'status')).toBe('solved');
  });

  it('says why something is not possible', async () => {
    const { api, control, benId } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    await control.act({ do: 'close', ticket, as: 'Ben' });
    const headers = { ...FORM, accept: 'application/json' };
    const sent = await createApi(control.url).call(
      'POST',
      `/agent/tickets/${ticket}/act`,
      `do=reply&as=${benId}&text=x`,
      headers,
    );
    expect([sent.status, sent.at('problem')]).toEqual([422, 'Status: closed prevents ticket update']);
  });

  it('refreshes itself only when something changed', async () => {
    const { api, control } = await anAccount(sandbox());
    const site = createApi(control.url);
    const ticket = await aTicket(api);
    const live = `/agent/tickets/${ticket}/live`;
    const change = (await site.call('GET', live)).headers.get('x-change');
    expect((await site.call('GET', `${live}?change=${change}`)).status).toBe(204);
    await comment(api, ticket, { body: 'News' });
    expect((await site.call('GET', `${live}?change=${change}`)).text).toContain('News');
  });

  it('takes nothing from another site', async () => {
    const { api, control, benId } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    const headers = { ...FORM, 'sec-fetch-site': 'cross-site' };
    const sent = await createApi(control.url).call('POST', `/agent/tickets/${ticket}/act`, `do=delete&as=${benId}`, headers);
    expect(sent.status).toBe(403);
    expect((await api.get(`/tickets/${ticket}`)).status).toBe(200);
  });
});
