import { type Html, html } from '../../../domain/html.ts';
import type { ZendeskReading } from '../account/session.ts';
import type { Ticket } from '../tickets/ticket.ts';
import { recordNotFound } from '../problem.ts';
import { type User, users } from '../users/user.ts';

export interface Sidebar {
  /** Where its forms are sent. */
  readonly action: string;
  readonly ticket: Ticket;
  readonly agents: readonly User[];
}

/** What an agent can do with a ticket besides answering. */
export async function sidebar(reading: ZendeskReading, { action, ticket, agents }: Sidebar): Promise<Html> {
  // One that was deleted is no longer active, but still the requester.
  const requester = await reading.store.get(users, ticket.requester_id);
  if (requester === undefined) throw recordNotFound();
  const newest = await reading.store.list(users, { group: 'end-user', descending: true, limit: 200 });
  const others = newest.filter((user) => user.active && user.id !== requester.id);
  // Who acts; a script puts in who is chosen in the composer.
  const as = html`<input type="hidden" name="as" value="${agents[0]?.id ?? ''}" />`;
  const form = (title: string, does: string, fields: Html): Html =>
    html`<form class="card" method="post" action="${action}">
      <h2>${title}</h2>
      ${as} ${fields} <button name="do" value="${does}">${title.startsWith('Merge') ? 'Merge' : 'Change'}</button>
    </form>`;
  return html`${STATUS_BUTTONS} ${form('Requester', 'changeRequester', requesterFields(requester, others))}
  ${form('Tags', 'tag', TAG_FIELDS)} ${form('Merge', 'merge', MERGE_FIELDS)}
  ${others.length > 0 && form('Merge requester', 'mergeRequester', choiceOf('End user to merge into', others))}`;
}

/** These belong to the composer: what is written there goes along. */
const STATUS_BUTTONS = html`<div class="card">
  <h2>Ticket</h2>
  <div class="buttons">
    <button form="composer" name="do" value="solve">Solve</button>
    <button form="composer" name="do" value="pending">Pending</button>
    <button form="composer" name="do" value="reopen">Reopen</button>
    <button form="composer" name="do" value="close">Close</button>
    <button form="composer" name="do" value="delete" class="danger">Delete</button>
  </div>
  <p class="muted">What is written in the box goes along.</p>
</div>`;

const requesterFields = (requester: User, others: readonly User[]): Html =>
  html`<p>${requester.name}<br /><span class="muted">${requester.email ?? 'no e-mail address'}</span></p>
    ${factsOf(requester)} ${choiceOf('Requester', [requester, ...others])}`;

/** What Zendesk and the account's own fields say of the person. */
function factsOf({ external_id, details, user_fields }: User): Html | false {
  const facts = [
    ...(external_id === null ? [] : [['external id', external_id] as const]),
    ...(details === null || details === '' ? [] : [['details', details] as const]),
    ...Object.entries(user_fields),
  ];
  return (
    facts.length > 0 &&
    html`<dl class="user-fields">
      ${facts.map(
        ([name, value]) =>
          html`<dt class="muted">${name}</dt>
            <dd>${typeof value === 'string' ? value : JSON.stringify(value)}</dd>`,
      )}
    </dl>`
  );
}

const choiceOf = (label: string, people: readonly User[]): Html =>
  html`<select name="requester" aria-label="${label}">
    ${people.map((user) => html`<option value="${user.id}">${nameAndAddress(user)}</option>`)}
  </select>`;

const nameAndAddress = (user: User): string => (user.email === null ? user.name : `${user.name} (${user.email})`);

const TAG_FIELDS = html`<input name="add" placeholder="add" aria-label="Tags to add" />
  <input name="remove" placeholder="remove" aria-label="Tags to remove" />`;

const MERGE_FIELDS = html`<input
  name="into"
  inputmode="numeric"
  pattern="[0-9]+"
  required
  placeholder="into ticket number"
  aria-label="Ticket to merge into"
/>`;
