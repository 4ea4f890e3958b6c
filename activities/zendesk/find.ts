import type { Effect, RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { AuditsAnswer, TicketsAnswer, UsersAnswer } from './answers.ts';
import type { Audit } from './answers.ts';
import { callZendesk } from './client.ts';
import { pagesOf } from './pages.ts';
import { commentIds, ticketRef } from './perform.ts';
import { Write } from './writes.ts';

/** Looks whether a write arrived: a user and a ticket by their external ids, a comment by its mark in the ticket's audits. */
export async function find(effect: Effect, api: Api): Promise<RemoteRef | undefined> {
  const write = Write.parse(effect.write);
  switch (write.kind) {
    case 'user':
      return await findUser(write.user.external_id, write.hash, api);
    case 'ticket':
      return await findTicket(write.ticket.external_id, write.ticket.metadata.deskbridge, effect.firstSentAt, api);
    case 'comment': {
      const audit = await findAudit(write.ticket, write.body.metadata.deskbridge, effect.firstSentAt, api);
      return audit === undefined ? undefined : { ids: commentIds(audit), label: `ticket ${write.ticket}` };
    }
  }
}

async function findUser(externalId: string, hash: string, api: Api): Promise<RemoteRef | undefined> {
  const path = `/api/v2/users/search?external_id=${encodeURIComponent(externalId)}`;
  const { body } = await callZendesk(api, { method: 'GET', path }, UsersAnswer);
  const [user] = body.users;
  return user === undefined ? undefined : { ids: [], person: user.id, profileHash: hash };
}

/** The list by external id comes from the database, not from the search index, which lags. */
async function findTicket(externalId: string, mark: string, since: number, api: Api): Promise<RemoteRef | undefined> {
  const path = `/api/v2/tickets?external_id=${encodeURIComponent(externalId)}`;
  const { body } = await callZendesk(api, { method: 'GET', path }, TicketsAnswer);
  for (const ticket of body.tickets.toReversed()) {
    const audit = await findAudit(ticket.id, mark, since, api);
    if (audit !== undefined) return ticketRef(ticket, audit);
  }
  return undefined;
}

/** Audits are read newest first, back to when the write was first sent. */
async function findAudit(ticket: string, mark: string, since: number, api: Api): Promise<Audit | undefined> {
  const path = `/api/v2/tickets/${ticket}/audits?sort=-created_at`;
  for await (const page of pagesOf(api, { path, missing: 'thread' }, AuditsAnswer)) {
    const found = page.audits.find((audit) => audit.metadata?.custom?.deskbridge === mark);
    if (found !== undefined) return found;
    if (page.audits.some((audit) => audit.created_at < since - MINUTE)) return undefined;
  }
  return undefined;
}
