import type { Effect, RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import { TicketsAnswer } from './answers.ts';
import { commentIds, findAudit } from './audits.ts';
import { callZendesk } from './client.ts';
import { refOfTicket } from './tickets.ts';
import { Write } from './writes.ts';
import type { CommentWrite, TicketWrite } from './writes.ts';

/** Looks whether a write arrived: a ticket by its external id, a comment by its mark in the ticket's audits. */
export async function find(effect: Effect, api: Api): Promise<RemoteRef | undefined> {
  const write = Write.parse(effect.write);
  switch (write.kind) {
    case 'ticket':
      return await findTicket(write, effect.firstSentAt, api);
    case 'comment':
      return await findComment(write, effect.firstSentAt, api);
    case 'user':
    case 'fields':
    case 'details':
    case 'address':
    case 'upload':
      // These are simply repeated.
      return undefined;
  }
}

/** The list by external id comes from the database, not from the search index, which lags. */
async function findTicket({ ticket, nonce }: TicketWrite, since: number, api: Api): Promise<RemoteRef | undefined> {
  const path = `/api/v2/tickets?external_id=${encodeURIComponent(ticket.external_id)}`;
  const { body } = await callZendesk(api, { method: 'GET', path }, TicketsAnswer);
  for (const candidate of body.tickets.toReversed()) {
    const audit = await findAudit(candidate.id, ticket.metadata.deskbridge, since, api);
    if (audit !== undefined) return refOfTicket({ ticket: candidate, audit, nonce });
  }
  return undefined;
}

async function findComment({ ticket, body }: CommentWrite, since: number, api: Api): Promise<RemoteRef | undefined> {
  const audit = await findAudit(ticket, body.metadata.deskbridge, since, api);
  return audit === undefined ? undefined : { ids: commentIds(audit), label: `ticket ${ticket}` };
}
