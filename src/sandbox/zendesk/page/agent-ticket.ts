import { type Answer, noContent, page } from '../../answer.ts';
import { type Html, html } from '../../../domain/html.ts';
import { sandboxPage } from '../../page.ts';
import type { ZendeskReading } from '../account/session.ts';
import { ticketOr404 } from '../tickets/ticket.ts';
import { staff, type User } from '../users/user.ts';
import { conversation } from './conversation.ts';
import { ASSETS } from './pieces.ts';
import { sidebar } from './sidebar.ts';

/** The page of one ticket as an agent sees it. @throws {Refusal} 404 */
export async function agentTicketPage(reading: ZendeskReading, url: string, id: string): Promise<Answer> {
  const ticket = await ticketOr404(reading.store, id);
  const agents = (await staff(reading.store)).toSorted((a, b) => Number(a.role === 'admin') - Number(b.role === 'admin'));
  const title = ticket.subject ?? `Ticket ${ticket.id}`;
  const here = `${url}/agent/tickets/${ticket.id}`;
  const body = html`<div class="ticket">
    <section>
      <h1><span class="muted">#${ticket.id}</span> ${title}</h1>
      <div id="live" data-live="${here}/live" data-change="${ticket.change}">${await conversation(reading, url, ticket)}</div>
      ${composer(here, agents)}
    </section>
    <aside>${await sidebar(reading, { action: `${here}/act`, ticket, agents })}</aside>
  </div>`;
  const nav = [{ text: `${reading.account}: all tickets`, href: `${url}/agent` }];
  return page(200, sandboxPage({ title, vendor: 'Zendesk', nav, body, ...ASSETS }));
}

/** What changed since `change`, for the page to refresh itself; 204 when nothing did. @throws {Refusal} 404 */
export async function agentTicketFragment(
  reading: ZendeskReading,
  url: string,
  id: string,
  change: string | null,
): Promise<Answer> {
  const ticket = await ticketOr404(reading.store, id);
  if (String(ticket.change) === change) return noContent();
  return page(200, await conversation(reading, url, ticket), { 'x-change': String(ticket.change) });
}

const composer = (here: string, agents: readonly User[]): Html =>
  html`<form id="composer" class="card composer" method="post" action="${here}/act">
    <div class="row">
      <label class="choice"><input type="radio" name="kind" value="public" checked /> Public reply</label>
      <label class="choice"><input type="radio" name="kind" value="internal" /> Internal note</label>
      <label class="as">
        as
        <select name="as">
          ${agents.map((user) => html`<option value="${user.id}">${user.name}</option>`)}
        </select>
      </label>
    </div>
    <textarea name="text" rows="4" placeholder="Write an answer. Ctrl+Enter sends it." aria-label="Your answer"></textarea>
    <div class="row">
      <label class="file">Attach <input type="file" data-uploads="${here}/uploads" multiple /></label>
      <span class="uploads"></span>
      <span class="problem" role="alert"></span>
      <button name="do" value="reply" class="primary">Send</button>
    </div>
  </form>`;
