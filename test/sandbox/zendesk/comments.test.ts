import { describe, expect, it } from 'vitest';
import { aCustomer, aSandbox, aTicket, anAccount, comment } from './account.ts';
import type { Api } from './api.ts';

const sandbox = aSandbox();

/** Adds a comment and answers it as it is listed. */
async function commented(api: Api, fields: object) {
  const ticket = await aTicket(api);
  await comment(api, ticket, fields);
  const listed = await api.get(`/tickets/${ticket}/comments?sort=-created_at&page[size]=1`);
  return (name: string) => listed.at('comments', 0, name);
}

describe('the text of a comment', () => {
  it('of html_body keeps lines and harmless tags, and loses scripts', async () => {
    const { api } = await anAccount(sandbox());
    const html_body =
      'One<br>Two<p>Three &lt;3 <b onclick="x()">bold</b></p><script>alert(1)</script><a href="javascript:x">l</a>';
    const at = await commented(api, { html_body });
    expect(at('html_body')).toBe(
      '<div class="zd-comment" dir="auto">One<br>Two<p>Three &lt;3 <b>bold</b></p><a rel="noopener noreferrer">l</a></div>',
    );
    expect(at('plain_body')).toBe('One\nTwo\nThree <3 bold\n\nl');
  });

  it('of body collapses spaces and newlines', async () => {
    const { api } = await anAccount(sandbox());
    const at = await commented(api, { body: 'a   b\n\n\n\nc' });
    expect(at('body')).toBe('a b\n\nc');
  });

  it('of body is Markdown for agents only', async () => {
    const { api } = await anAccount(sandbox());
    const customer = await aCustomer(api);
    expect((await commented(api, { body: '**x**' }))('html_body')).toContain('<strong>x</strong>');
    expect((await commented(api, { body: '**x**', author_id: customer }))('html_body')).toContain('<p>**x**</p>');
  });

  it('over 64 kB is cut without a word', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    const reply = await comment(api, ticket, { html_body: 'ü'.repeat(40_000) });
    expect(reply.status).toBe(200);
    expect((await api.get(`/tickets/${ticket}/comments`)).at('comments', 1, 'plain_body')).toBe('ü'.repeat(32_767));
  });

  it('has placeholders filled in for agents, and left alone for end users', async () => {
    const { api } = await anAccount(sandbox());
    const customer = await aCustomer(api);
    const html_body = 'No. {{ticket.title}}{{ticket.nonsense}} <code>{{ticket.title}}</code>';
    expect((await commented(api, { html_body }))('plain_body')).toBe('No. Help {{ticket.title}}');
    expect((await commented(api, { html_body, author_id: customer }))('plain_body')).toContain(
      '{{ticket.title}}{{ticket.nonsense}}',
    );
  });

  it('that fills in a title of markup stays text', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api, { subject: '<img src=x onerror=1>' });
    await comment(api, ticket, { html_body: '{{ticket.title}}' });
    expect((await api.get(`/tickets/${ticket}/comments`)).at('comments', 1, 'html_body')).toContain('&lt;img src=x');
  });
});

describe('a comment', () => {
  it('is as public as the first one when it does not say', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api, { comment: { body: 'secret', public: false } });
    await comment(api, ticket, { body: 'also' });
    await comment(api, ticket, { body: 'open', public: true });
    await comment(api, ticket, { body: 'again' });
    const listed = await api.get(`/tickets/${ticket}/comments`);
    expect([0, 1, 2, 3].map((index) => listed.at('comments', index, 'public'))).toEqual([false, false, true, false]);
  });

  it('with nothing in it is passed over', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    expect((await comment(api, ticket, { body: ' ' })).status).toBe(200);
    expect((await api.get(`/tickets/${ticket}/comments`)).count('comments')).toBe(1);
  });

  it('beyond the limit of a ticket is refused, while other updates go on', async () => {
    const { api, control } = await anAccount(sandbox());
    await control.set({ maxCommentsPerTicket: 2 });
    const ticket = await aTicket(api);
    expect((await comment(api, ticket, { body: 'second' })).status).toBe(200);
    expect((await comment(api, ticket, { body: 'third' })).status).toBe(422);
    expect((await api.put(`/tickets/${ticket}`, { ticket: { subject: 'still' } })).status).toBe(200);
  });
});

describe('a signature', () => {
  const reply = { do: 'reply', as: 'Ben', text: 'Hello' } as const;

  it('is put below a public reply from the agent interface', async () => {
    const { api, control } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    await control.act({ ...reply, ticket });
    const listed = await api.get(`/tickets/${ticket}/comments`);
    const signature = `--\nBen\nCustomer care, ben@${control.subdomain}.example`;
    expect(listed.at('comments', 1, 'plain_body')).toBe(`Hello\n\n${signature}`);
    expect(listed.at('comments', 1, 'html_body')).toContain('<p>Hello</p><p>--<br>Ben<br>');
  });

  it('follows the brand’s template', async () => {
    const { api, control } = await anAccount(sandbox());
    const brand = (await api.get('/brands')).id('brands', 0, 'id');
    await api.put(`/brands/${brand}`, { brand: { signature_template: '{{agent.name}} of ACME' } });
    const ticket = await aTicket(api);
    await control.act({ ...reply, ticket });
    expect((await api.get(`/tickets/${ticket}/comments`)).at('comments', 1, 'plain_body')).toBe('Hello\n\nBen of ACME');
  });

  it('is not put below notes, comments through the API, or where that is turned off', async () => {
    const { api, control } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    await control.act({ ...reply, ticket, do: 'note' });
    await comment(api, ticket, { body: 'Hello' });
    await control.set({ signatures: false });
    await control.act({ ...reply, ticket });
    const listed = await api.get(`/tickets/${ticket}/comments`);
    expect([1, 2, 3].map((index) => listed.at('comments', index, 'plain_body'))).toEqual(['Hello', 'Hello', 'Hello']);
  });
});

describe('listing comments', () => {
  it('pages newest first, with the authors beside', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    for (const body of ['2', '3', '4']) await comment(api, ticket, { body });
    const first = await api.get(`/tickets/${ticket}/comments.json?include=users&sort=-created_at&page[size]=3`);
    expect([0, 1, 2].map((index) => first.at('comments', index, 'body'))).toEqual(['4', '3', '2']);
    expect(first.at('meta', 'has_more')).toBe(true);
    expect(first.at('users', 0, 'name')).toBe('Ada Admin');
    const rest = await api.call('GET', String(first.at('links', 'next')).replace(api.url, ''));
    expect([rest.at('comments', 0, 'body'), rest.at('meta', 'has_more'), rest.at('links', 'next')]).toEqual([
      'First words',
      false,
      null,
    ]);
  });

  it('goes oldest first by page number unless asked otherwise', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    for (const body of ['2', '3']) await comment(api, ticket, { body });
    const page = await api.get(`/tickets/${ticket}/comments?per_page=2&page=2`);
    expect([page.at('comments', 0, 'body'), page.at('count'), page.at('next_page')]).toEqual(['3', 3, null]);
  });
});
