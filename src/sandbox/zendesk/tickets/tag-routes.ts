import { z } from 'zod';
import { json } from '../../answer.ts';
import { type ApiRoute, type Call, input } from '../call.ts';
import { cleanTags, ticketOr404 } from './ticket.ts';
import { apiActor } from './ticket-routes.ts';
import { updateTicket } from './update-ticket.ts';

const body = z.object({ tags: z.array(z.string()) });

const writing = (method: string, change: (own: readonly string[], given: readonly string[]) => readonly string[]): ApiRoute => ({
  method,
  path: '/tickets/:id/tags',
  resource: 'tickets',
  allowed: 'agent',
  counts: 'ticketUpdate',
  async answer(call: Call) {
    const ticket = await ticketOr404(call.session.store, call.params.id);
    const tags = [...change(ticket.tags, cleanTags(input(call, body).tags))];
    const saved = await updateTicket(call.session, { url: call.url, actor: apiActor(call), ticket, input: { tags } });
    return json(method === 'POST' ? 201 : 200, { tags: saved.ticket.tags });
  },
});

/** `/api/v2/tickets/{id}/tags`: POST sets, PUT adds, DELETE removes. Each counts as an update of the ticket. */
export const tagRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/tickets/:id/tags',
    resource: 'tickets',
    allowed: 'agent',
    answer: async (call) => json(200, { tags: (await ticketOr404(call.session.store, call.params.id)).tags }),
  },
  writing('POST', (_own, given) => given),
  writing('PUT', (own, given) => [...own, ...given]),
  writing('DELETE', (own, given) => own.filter((tag) => !given.includes(tag))),
];
