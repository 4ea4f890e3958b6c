import { type Answer, page } from '../../answer.ts';
import { type Html, html } from '../../../domain/html.ts';
import { sandboxPage } from '../../page.ts';
import { timeElement } from '../../page-pieces.ts';
import type { ZendeskReading } from '../account/session.ts';
import { type Ticket, tickets } from '../tickets/ticket.ts';
import { type User, users } from '../users/user.ts';
import { ASSETS, avatar, statusPill, tagList } from './pieces.ts';

const SHOWN = 100;

/** The page that lists tickets, the one with the newest activity first. */
export async function agentListPage(reading: ZendeskReading, url: string): Promise<Answer> {
  const body = html`<h1>Tickets</h1>
    <div id="live" data-live="${url}/agent/list">${await ticketTable(reading, url)}</div>`;
  const nav = [{ text: `${reading.account}: all tickets`, href: `${url}/agent` }];
  return page(200, sandboxPage({ title: `Tickets of ${reading.account}`, vendor: 'Zendesk', nav, body, ...ASSETS }));
}

/** The table alone, for the page to refresh itself. */
export const agentListFragment = async (reading: ZendeskReading, url: string): Promise<Answer> =>
  page(200, await ticketTable(reading, url));

async function ticketTable(reading: ZendeskReading, url: string): Promise<Html> {
  const found = (await reading.store.list(tickets, { descending: true, limit: SHOWN })).filter((ticket) => !ticket.deleted);
  if (found.length === 0) {
    return html`<p class="card empty">No tickets yet. They appear here as soon as something creates one through the API.</p>`;
  }
  const people = await reading.store.getMany(users, [...new Set(found.map((ticket) => ticket.requester_id))]);
  const byId = new Map(people.map((user) => [user.id, user]));
  return html`<table class="card list">
    <thead>
      <tr>
        <th>Ticket</th>
        <th>Requester</th>
        <th>Status</th>
        <th>Tags</th>
        <th>Updated</th>
      </tr>
    </thead>
    <tbody>
      ${found.map((ticket) => row(url, ticket, byId.get(ticket.requester_id)))}
    </tbody>
  </table>`;
}

const row = (url: string, ticket: Ticket, requester: User | undefined): Html =>
  html`<tr>
    <td>
      <a href="${url}/agent/tickets/${ticket.id}"
        ><span class="muted">#${ticket.id}</span> ${ticket.subject ?? ticket.description.slice(0, 80)}</a
      >
    </td>
    <td>
      <span class="person">${avatar(requester)} ${requester?.name ?? 'unknown'}</span>
    </td>
    <td>${statusPill(ticket.status)}</td>
    <td>${tagList(ticket.tags)}</td>
    <td>${timeElement(ticket.updated_at)}</td>
  </tr>`;
