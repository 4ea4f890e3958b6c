import { type Html, html } from '../../../domain/html.ts';
import { stamp } from '../account/session.ts';
import type { Status } from '../tickets/ticket.ts';
import type { User } from '../users/user.ts';

/** Style sheet and script of the pages for agents. A hyphen is no subdomain. */
export const ASSETS = { styles: ['/zendesk/-/agent.css'], scripts: ['/zendesk/-/agent.js'] };

/** A point in time; a script rewrites it in the viewer's zone. */
export const time = (epochMs: number): Html =>
  html`<time datetime="${stamp(epochMs)}">${stamp(epochMs).replace('T', ' ').replace('Z', ' UTC')}</time>`;

export const statusPill = (status: Status): Html => html`<span class="pill status-${status}">${status}</span>`;

export const tagList = (tags: readonly string[]): Html =>
  html`<span class="tags">${tags.map((tag) => html`<span class="tag">${tag}</span>`)}</span>`;

/** Somebody's initials in a colour of their own. */
export function avatar(user: User | undefined): Html {
  const name = user?.name ?? '?';
  const initials = name
    .split(/\s+/)
    .map((word) => Array.from(word)[0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase();
  return html`<span class="avatar hue-${(user?.id ?? 0) % 8}" aria-hidden="true">${initials}</span>`;
}

export const roleName = (user: User | undefined): string =>
  user === undefined ? 'unknown' : user.role === 'end-user' ? 'customer' : user.role;
