import { z } from 'zod';
import { json, noContent } from '../../answer.ts';
import { type ApiRoute, type Call, idSchema, input } from '../call.ts';
import { paginate } from '../paging.ts';
import { auditJson } from './audit.ts';
import { createTicket } from './create-ticket.ts';
import { idempotent } from './idempotency.ts';
import { mergeTickets } from './merge-tickets.ts';
import type { Saved } from './save-ticket.ts';
import { type Ticket, ticketJson, ticketOr404, tickets } from './ticket.ts';
import { ticketInput } from './ticket-input.ts';
import { sideLoadedUsers } from '../users/side-load.ts';
import { updateTicket } from './update-ticket.ts';
import { ViaId } from './via.ts';

const body = z.object({ ticket: ticketInput });
const mergeBody = z.object({
  ids: z.array(idSchema),
  target_comment: z.string().optional(),
  source_comment: z.string().optional(),
});

/** Who a call of the API updates as: the token's owner, whoever is named as author. */
export const apiActor = (call: Call) => ({ user: call.user, channel: 'api', viaId: ViaId.api });

const route = (method: string, path: string, answer: ApiRoute['answer'], counts?: ApiRoute['counts']): ApiRoute => ({
  method,
  path: `/tickets${path}`,
  resource: 'tickets',
  allowed: 'agent',
  answer,
  ...(counts && { counts }),
});

/** `/api/v2/tickets`. */
export const ticketRoutes: readonly ApiRoute[] = [
  route('GET', '', async (call) => listing(call, await found(call))),
  route('POST', '', (call) =>
    idempotent(call, async () => {
      const saved = await createTicket(call.session, { url: call.url, actor: apiActor(call), input: input(call, body).ticket });
      return savedAnswer(call, 201, saved);
    }),
  ),
  route('GET', '/:id', async (call) => {
    const ticket = await ticketOf(call);
    const people = [ticket.requester_id, ticket.submitter_id, ticket.assignee_id].filter((id) => id !== null);
    return json(200, { ticket: ticketJson(call.url, ticket), ...(await sideLoadedUsers(call, people)) });
  }),
  route(
    'PUT',
    '/:id',
    async (call) => {
      const update = { url: call.url, actor: apiActor(call), ticket: await ticketOf(call), input: input(call, body).ticket };
      return savedAnswer(call, 200, await updateTicket(call.session, update));
    },
    'ticketUpdate',
  ),
  route('DELETE', '/:id', async (call) => {
    await deleteTicket(call.session, await ticketOf(call));
    return noContent();
  }),
  route('POST', '/:id/merge', async (call) => {
    const { ids, target_comment, source_comment } = input(call, mergeBody);
    const sources: Ticket[] = [];
    for (const id of ids) sources.push(await ticketOr404(call.session.store, id));
    const target = await ticketOf(call);
    const texts = { targetComment: target_comment, sourceComment: source_comment };
    await mergeTickets(call.session, { url: call.url, actor: apiActor(call), sources, target, ...texts });
    return json(200, {
      job_status: { id: `merge-${target.id}`, status: 'completed', total: ids.length, progress: ids.length, results: [] },
    });
  }),
];

const ticketOf = (call: Call): Promise<Ticket> => ticketOr404(call.session.store, call.params.id);

const savedAnswer = (call: Call, status: number, { ticket, audit }: Saved) =>
  json(
    status,
    { ticket: ticketJson(call.url, ticket), audit: auditJson(audit) },
    status === 201 ? { location: `${call.url}/api/v2/tickets/${ticket.id}.json` } : {},
  );

async function found(call: Call): Promise<readonly Ticket[]> {
  const { store, now, state } = call.session;
  const externalId = call.exchange.query.get('external_id');
  const all = externalId === null ? await store.list(tickets) : await store.byLookup(tickets, externalId);
  const isArchived = (ticket: Ticket): boolean =>
    ticket.closed_at !== null && ticket.closed_at + state.settings.archiveClosedAfterMs <= now;
  return all.filter((ticket) => !ticket.deleted && !isArchived(ticket)).toSorted((a, b) => a.id - b.id);
}

function listing(call: Call, all: readonly Ticket[]) {
  const { items, envelope } = paginate(call, all, (ticket) => ticket.id);
  return json(200, { tickets: items.map((ticket) => ticketJson(call.url, ticket)), ...envelope });
}

/** Deletes a ticket: it is no longer found, but exports still say that it was deleted. */
export async function deleteTicket(session: Call['session'], ticket: Ticket): Promise<void> {
  await session.store.put(tickets, { ...ticket, deleted: true, updated_at: session.now, change: session.nextId() });
}
