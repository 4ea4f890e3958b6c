import type { z } from 'zod';
import type { RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import type { HttpAnswer } from '../http.ts';
import { PersonGone, ThreadClosed, ThreadDiverted } from '../system-error.ts';
import { TicketAnswer, TicketAuditAnswer } from './answers.ts';
import type { Audit, Ticket } from './answers.ts';
import { commentIds } from './audits.ts';
import { callZendesk } from './client.ts';
import { digest } from './digest.ts';
import { parseJson } from './json.ts';
import { parseTicketLimit } from './limits.ts';
import { TAG } from './plan.ts';
import { isCustomer, readCustomer } from './users.ts';
import type { CommentWrite, TicketWrite } from './writes.ts';
import type { JsonObject } from '../../src/domain/json.ts';

/** @see https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#create-ticket */
export async function createTicket(write: TicketWrite, api: Api): Promise<RemoteRef> {
  const { requester_id: person } = write.ticket;
  if ((await readCustomer(person, api)) === undefined) throw personGone(person);
  const ticket = parseJson(write.ticket);
  const { body, answer } = await callZendesk(
    api,
    {
      method: 'POST',
      path: '/api/v2/tickets',
      body: withNumbers({ ticket }),
      // Another body under the same key would be refused, so the key names the body, too.
      headers: { 'idempotency-key': `${write.idempotencyKey}-${digest(ticket, 32)}` },
      scopes: ['tickets'],
    },
    TicketAuditAnswer,
  );
  return { ...refOfTicket({ ...body, nonce: write.nonce }), ...budgetOf(answer, api.now()) };
}

/**
 * Adds a comment, after a look at the ticket: a word of the app user opens one again that was put aside, and must not reach somebody
 * whom the ticket was given to.
 * @throws {ThreadClosed | ThreadDiverted | PersonGone}
 * @see https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#update-ticket
 */
export async function addComment(write: CommentWrite, api: Api): Promise<RemoteRef> {
  const path = `/api/v2/tickets/${write.ticket}`;
  const show = { method: 'GET', path: `${path}?include=users`, missing: 'thread' } as const;
  const { body: before } = await callZendesk(api, show, TicketAnswer);
  await refuseUnfit(write, before, api);
  const ticket = { ...write.body, ...changesOf(before.ticket, write.body.comment.public) };
  const call = { method: 'PUT', path, body: withNumbers({ ticket }), scopes: ['tickets'], missing: 'thread' } as const;
  const { body, answer } = await callZendesk(api, call, TicketAuditAnswer);
  return {
    ids: commentIds(body.audit),
    label: labelOf(body.ticket),
    data: dataOf(body.ticket),
    ...budgetOf(answer, api.now()),
  };
}

/** The app user's words go to a ticket of theirs, and in the name of an end user: Zendesk expands what agents write. */
async function refuseUnfit(write: CommentWrite, { ticket, users }: z.infer<typeof TicketAnswer>, api: Api): Promise<void> {
  const { ticket: id, person } = write;
  const facts = { thread: id, data: dataOf(ticket) };
  if (ticket.status === 'closed') throw new ThreadClosed(`ticket ${id} is closed`, facts);
  const requester = users.find((user) => user.id === ticket.requester_id);
  if (ticket.requester_id === person && requester !== undefined && isCustomer(requester)) return;
  if ((await readCustomer(person, api)) === undefined) throw personGone(person);
  if (ticket.requester_id !== person) throw new ThreadDiverted(`ticket ${id} was given to another requester`, facts);
}

const personGone = (person: string): PersonGone =>
  new PersonGone('Zendesk no longer has the end user: merged, deleted, or an agent by now', { person });

/** A ticket that nobody has touched stays "new". One without the tag, such as one that ours was merged into, gets it. */
function changesOf({ status, tags }: Ticket, isPublic: boolean): JsonObject {
  if (!isPublic) return {};
  return {
    ...(['pending', 'hold', 'solved'].includes(status) ? { status: 'open' } : {}),
    ...(tags.includes(TAG) ? {} : { tags: [...tags, TAG] }),
  };
}

/** What a ticket is for later writes. `openedBy` names the batch it began with. */
export const refOfTicket = (made: { readonly ticket: Ticket; readonly audit: Audit; readonly nonce: string }): RemoteRef => ({
  ids: commentIds(made.audit),
  thread: made.ticket.id,
  label: labelOf(made.ticket),
  data: { ...dataOf(made.ticket), openedBy: made.nonce },
});

export const labelOf = ({ id }: Pick<Ticket, 'id'>): string => `ticket ${id}`;

/** What is kept of a ticket: for its follow-up. */
export const dataOf = ({ status, tags }: Ticket): JsonObject => ({ status, tags });

function budgetOf(answer: HttpAnswer, now: number): Pick<RemoteRef, 'budget'> {
  const budget = parseTicketLimit(answer, now);
  return budget === undefined ? {} : { budget };
}

/** Zendesk wants ids as numbers. */
const withNumbers = (value: object): JsonObject =>
  parseJson(
    JSON.parse(
      JSON.stringify(value, (key, inner: unknown) =>
        key.endsWith('_id') && typeof inner === 'string' && /^\d{1,15}$/.test(inner) ? Number(inner) : inner,
      ),
    ),
  );
