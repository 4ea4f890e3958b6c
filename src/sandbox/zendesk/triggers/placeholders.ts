import type { Store } from '../../store.ts';
import { stamp, type ZendeskReading } from '../account/session.ts';
import { brands } from '../account/brand.ts';
import { type Comment, comments } from '../tickets/comment.ts';
import type { Ticket } from '../tickets/ticket.ts';
import { isAgent, type User, users } from '../users/user.ts';

/** What placeholders stand for. The empty key is the value of the node itself. */
export interface Values {
  readonly [name: string]: string | Values;
}

export interface PlaceholderContext {
  readonly url: string;
  readonly ticket: Ticket;
  /** Who is making the update. */
  readonly actor: User;
}

const PLACEHOLDER = /\{\{\s*([\w.]+)\s*(?:\|[^}]*)?\}\}/g;

/** Fills in a template; unknown placeholders and all tags of Liquid vanish. */
export function renderPlaceholders(template: string, values: Values, escape: (text: string) => string = (text) => text): string {
  return template.replace(/\{%[\s\S]*?%\}/g, '').replace(PLACEHOLDER, (_match, path: string) => escape(valueAt(values, path)));
}

function valueAt(values: Values, path: string): string {
  let node: string | Values | undefined = values;
  for (const part of path.split('.')) {
    if (node === undefined || typeof node === 'string') return '';
    node = node[part];
  }
  return typeof node === 'string' ? node : (valueOf(node) ?? '');
}

function valueOf(node: Values | undefined): string | undefined {
  const own = node?.[''];
  return typeof own === 'string' ? own : undefined;
}

/** The values for a ticket as it is now. */
export async function placeholderValues(reading: ZendeskReading, context: PlaceholderContext): Promise<Values> {
  const { store } = reading;
  const { ticket, actor } = context;
  const written = await recentComments(store, ticket.id);
  const byId = await usersById(store, [ticket.requester_id, ticket.assignee_id, ...written.map((comment) => comment.author_id)]);
  const person = (id: number | null): Values => userValues(id === null ? undefined : byId.get(id));
  const say = (comment: Comment | undefined): Values => commentValues(comment, comment && byId.get(comment.author_id));
  const publicOnes = written.filter((comment) => comment.public);
  const [latest, latestPublic] = [written[0], publicOnes[0]];
  const formatted = (list: readonly Comment[]): string => list.map((comment) => valueOf(say(comment)) ?? '').join('\n\n');
  const brand = await store.get(brands, ticket.brand_id);
  return {
    current_user: userValues(actor),
    ticket: {
      ...ticketValues(context),
      requester: person(ticket.requester_id),
      assignee: person(ticket.assignee_id),
      brand: { '': brand?.name ?? '', name: brand?.name ?? '' },
      account: reading.account,
      latest_comment: say(latest),
      latest_comment_html: latest?.html_body ?? '',
      latest_comment_rich: latest?.html_body ?? '',
      latest_comment_formatted: valueOf(say(latest)) ?? '',
      latest_public_comment: say(latestPublic),
      latest_public_comment_html: latestPublic?.html_body ?? '',
      latest_public_comment_rich: latestPublic?.html_body ?? '',
      latest_public_comment_formatted: valueOf(say(latestPublic)) ?? '',
      comments_formatted: formatted(written),
      public_comments_formatted: formatted(publicOnes),
    },
  };
}

function ticketValues({ url, ticket }: PlaceholderContext): Values {
  return {
    id: String(ticket.id),
    external_id: ticket.external_id ?? '',
    title: ticket.subject ?? ticket.description.slice(0, 80),
    description: ticket.description,
    status: ticket.status.charAt(0).toUpperCase() + ticket.status.slice(1),
    priority: ticket.priority ?? '',
    tags: ticket.tags.join(' '),
    via: ticket.via.channel,
    link: `${url}/agent/tickets/${ticket.id}`,
    url: `${url}/agent/tickets/${ticket.id}`.replace(/^https?:\/\//, ''),
    created_at: day(ticket.created_at),
    created_at_with_timestamp: stamp(ticket.created_at),
    updated_at: day(ticket.updated_at),
    updated_at_with_timestamp: stamp(ticket.updated_at),
  };
}

function userValues(user: User | undefined): Values {
  if (!user) return {};
  const [first = '', ...rest] = user.name.split(' ');
  return {
    '': user.name,
    id: String(user.id),
    name: user.name,
    first_name: first,
    last_name: rest.join(' '),
    email: user.email ?? '',
    external_id: user.external_id ?? '',
    role: user.role === 'end-user' ? 'End-user' : user.role === 'agent' ? 'Agent' : 'Admin',
    locale: user.locale,
    signature: isAgent(user) ? (user.signature ?? '') : '',
  };
}

function commentValues(comment: Comment | undefined, author: User | undefined): Values {
  if (!comment) return {};
  const head = `----------------------------------------------\n\n${author?.name ?? ''}, ${day(comment.created_at)}`;
  return {
    '': `${head}\n\n${comment.plain_body}`,
    id: String(comment.id),
    author: userValues(author),
    created_at: day(comment.created_at),
    created_at_with_timestamp: stamp(comment.created_at),
    is_public: String(comment.public),
    value: comment.plain_body,
    value_rich: comment.html_body,
  };
}

/** Newest first: the last thirty, or all if a public one is only further back. */
async function recentComments(store: Store, ticketId: number): Promise<readonly Comment[]> {
  const newest = await store.list(comments, { group: ticketId, descending: true, limit: 30 });
  const suffices = newest.length < 30 || newest.some((comment) => comment.public);
  return suffices ? newest : store.list(comments, { group: ticketId, descending: true });
}

/** Whether a text holds anything to fill in. */
export const hasPlaceholders = (template: string): boolean => /\{\{|\{%/.test(template);

const DAY = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', dateStyle: 'medium', timeStyle: 'short' });
const day = (epochMs: number): string => DAY.format(epochMs);

async function usersById(store: Store, ids: readonly (number | null)[]): Promise<ReadonlyMap<number, User>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  return new Map((await store.getMany(users, wanted)).map((user) => [user.id, user]));
}
