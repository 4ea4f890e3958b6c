import { type Answer, noContent, page } from '../../answer.ts';
import { type Html, html } from '../../html.ts';
import { sandboxPage } from '../../page.ts';
import type { ZendeskReading } from '../account/session.ts';
import { type Ticket, ticketOr404 } from '../tickets/ticket.ts';
import { staff, type User, userOr404, users } from '../users/user.ts';
import { conversation } from './conversation.ts';
import { ASSETS } from './pieces.ts';

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
    <aside>${await sidebar(reading, here, { ticket, agents })}</aside>
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

const button = (value: string, label: string): Html => html`<button form="composer" name="do" value="${value}">${label}</button>`;

/** Its buttons belong to the composer: what is written there goes along. */
async function sidebar(
  reading: ZendeskReading,
  here: string,
  { ticket, agents }: { readonly ticket: Ticket; readonly agents: readonly User[] },
): Promise<Html> {
  // A script puts in who is chosen in the composer.
  const as = html`<input type="hidden" name="as" value="${agents[0]?.id ?? ''}" />`;
  const requester = await userOr404(reading.store, ticket.requester_id);
  const customers = (await reading.store.list(users, { group: 'end-user', descending: true, limit: 200 })).filter(
    (user) => user.active,
  );
  return html`<div class="card">
      <h2>Ticket</h2>
      <div class="buttons">
        ${button('solve', 'Solve')} ${button('pending', 'Pending')} ${button('reopen', 'Reopen')} ${button('close', 'Close')}
        <button form="composer" name="do" value="delete" class="danger">Delete</button>
      </div>
      <p class="muted">What is written in the box goes along.</p>
    </div>
    <form class="card" method="post" action="${here}/act" data-quiet>
      <h2>Requester</h2>
      <p>${requester.name}<br /><span class="muted">${requester.email ?? 'no e-mail address'}</span></p>
      ${as} <input type="hidden" name="do" value="changeRequester" />
      <select name="requester" aria-label="Requester">
        ${[requester, ...customers.filter((user) => user.id !== requester.id)].map((user) => html`<option value="${user.id}">${user.name}${user.email === null ? '' : ` (${user.email})`}</option>`)}
      </select>
      <button>Change</button>
    </form>
    <form class="card" method="post" action="${here}/act" data-quiet>
      <h2>Tags</h2>
      ${as} <input type="hidden" name="do" value="tag" />
      <input name="add" placeholder="add" aria-label="Tags to add" />
      <input name="remove" placeholder="remove" aria-label="Tags to remove" />
      <button>Change</button>
    </form>
    <form class="card" method="post" action="${here}/act" data-quiet>
      <h2>Merge</h2>
      ${as} <input type="hidden" name="do" value="merge" />
      <input
        name="into"
        inputmode="numeric"
        pattern="[0-9]+"
        required
        placeholder="into ticket number"
        aria-label="Merge into ticket"
      />
      <button>Merge</button>
    </form>`;
}
