import { type Html, html } from '../../../domain/html.ts';
import { initialsOf } from '../../page-pieces.ts';
import type { Status } from '../tickets/ticket.ts';
import type { User } from '../users/user.ts';

/** Style sheet and script of the pages for agents. A hyphen is no subdomain. */
export const ASSETS = { styles: ['/zendesk/-/agent.css'], scripts: ['/zendesk/-/agent.js'] };

export const statusPill = (status: Status): Html => html`<span class="pill status-${status}">${status}</span>`;

export const tagList = (tags: readonly string[]): Html =>
  html`<span class="tags">${tags.map((tag) => html`<span class="tag">${tag}</span>`)}</span>`;

/** Somebody's initials in a colour of their own. */
export function avatar(user: User | undefined): Html {
  const name = user?.name ?? '?';
  return html`<span class="avatar hue-${(user?.id ?? 0) % 8}" aria-hidden="true">${initialsOf(name)}</span>`;
}

export const roleName = (user: User | undefined): string =>
  user === undefined ? 'unknown' : user.role === 'end-user' ? 'customer' : user.role;
