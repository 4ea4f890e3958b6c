import type { Effect, RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import type { HttpAnswer } from '../http.ts';
import { TicketAnswer, TicketAuditAnswer, UserAnswer } from './answers.ts';
import type { Audit } from './answers.ts';
import { callZendesk } from './client.ts';
import { parseTicketLimit } from './limits.ts';
import { Write } from './writes.ts';
import type { CommentWrite, TicketWrite, UserWrite } from './writes.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { parseJson } from './json.ts';

/** Performs one planned write: an end user, a ticket, a comment. */
export async function perform(effect: Effect, api: Api): Promise<RemoteRef> {
  const write = Write.parse(effect.write);
  switch (write.kind) {
    case 'user':
      return await putUser(write, api);
    case 'ticket':
      return await createTicket(write, api);
    case 'comment':
      return await addComment(write, api);
  }
}

/** @see https://developer.zendesk.com/api-reference/ticketing/users/users/#create-or-update-user */
async function putUser(write: UserWrite, api: Api): Promise<RemoteRef> {
  const { body } = await callZendesk(
    api,
    { method: 'POST', path: '/api/v2/users/create_or_update', body: parseJson({ user: write.user }), scopes: ['users'] },
    UserAnswer,
  );
  return { ids: [], person: body.user.id, profileHash: write.hash };
}

/** @see https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#create-ticket */
async function createTicket(write: TicketWrite, api: Api): Promise<RemoteRef> {
  const { body, answer } = await callZendesk(
    api,
    {
      method: 'POST',
      path: '/api/v2/tickets',
      body: withNumbers({ ticket: write.ticket }),
      headers: { 'idempotency-key': write.idempotencyKey },
      scopes: ['tickets'],
    },
    TicketAuditAnswer,
  );
  return { ...ticketRef(body.ticket, body.audit), ...budgetOf(answer, api.now()) };
}

/** @see https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#update-ticket */
async function addComment(write: CommentWrite, api: Api): Promise<RemoteRef> {
  const reopens = write.reopen === 'always' || (write.reopen === 'ifResting' && (await isResting(write.ticket, api)));
  const ticket = { ...write.body, ...(reopens ? { status: 'open' } : {}) };
  const { body, answer } = await callZendesk(
    api,
    {
      method: 'PUT',
      path: `/api/v2/tickets/${write.ticket}`,
      body: withNumbers({ ticket }),
      scopes: ['tickets'],
      missing: 'thread',
    },
    TicketAuditAnswer,
  );
  return {
    ids: commentIds(body.audit),
    label: `ticket ${body.ticket.id}`,
    data: { status: body.ticket.status },
    ...budgetOf(answer, api.now()),
  };
}

/** Whether an agent has put the ticket aside, of which we were not told. */
async function isResting(ticket: string, api: Api): Promise<boolean> {
  const { body } = await callZendesk(api, { method: 'GET', path: `/api/v2/tickets/${ticket}`, missing: 'thread' }, TicketAnswer);
  return ['pending', 'hold', 'solved'].includes(body.ticket.status);
}

export const ticketRef = (ticket: { readonly id: string; readonly status: string }, audit: Audit): RemoteRef => ({
  ids: commentIds(audit),
  thread: ticket.id,
  label: `ticket ${ticket.id}`,
  data: { status: ticket.status },
});

export const commentIds = (audit: Audit): readonly string[] =>
  audit.events.filter((event) => event.type === 'Comment').map((event) => `comment ${event.id}`);

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
