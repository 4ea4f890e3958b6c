import { stamp, type ZendeskSession } from '../account/session.ts';
import { conflict, invalidField } from '../problem.ts';
import { isAgent } from '../users/user.ts';
import { type Actor, changeEvents, type TicketDraft } from './draft.ts';
import { type Saved, saveTicket } from './save-ticket.ts';
import type { Ticket } from './ticket.ts';
import { type TicketInput, withInput } from './ticket-input.ts';
import { type Via, via } from './via.ts';
import { saysSomething, writeComment } from './write-comment.ts';

export interface TicketUpdate {
  readonly url: string;
  readonly actor: Actor;
  readonly ticket: Ticket;
  readonly input: TicketInput;
  /** What the audit says about the way, if more than the actor's channel. */
  readonly via?: Via;
}

/**
 * Changes a ticket, adds a comment, and runs the triggers.
 * @throws {Refusal} 422 when the ticket is closed; 409 when a safe update comes too late.
 */
export async function updateTicket(session: ZendeskSession, update: TicketUpdate): Promise<Saved> {
  const { url, actor, ticket, input } = update;
  if (ticket.status === 'closed') throw invalidField('status', 'Status: closed prevents ticket update');
  if (input.status === 'new' && ticket.status !== 'new')
    throw invalidField('status', 'Status: cannot be set back to new', 'InvalidValue');
  refuseUnsafe(ticket, input);
  const draft: TicketDraft = { url, actor, auditId: session.nextId(), before: ticket, ticket, comment: undefined, events: [] };
  const filled = await withInput(session, ticket, input);
  if (input.comment && saysSomething(input.comment)) await writeComment(session, draft, input.comment, actor.user.id);
  const { comment_count, is_public } = draft.ticket;
  draft.ticket = bySystemRules({ ...filled, comment_count, is_public }, draft, input);
  draft.events.push(...changeEvents(session, ticket, draft.ticket));
  return saveTicket(session, draft, { metadata: input.metadata, via: update.via ?? via(actor.channel) });
}

/** `safe_update: false` counts as true; only leaving it out turns it off. */
function refuseUnsafe(ticket: Ticket, input: TicketInput): void {
  if (input.safe_update === undefined) return;
  const seen = input.updated_stamp === undefined ? Number.NaN : Date.parse(input.updated_stamp);
  if (seen === Date.parse(stamp(ticket.updated_at))) return;
  throw conflict(
    'UpdateConflict',
    'Safe Update prevented the update due to outdated ticket data. Please fetch the latest ticket data and try again.',
  );
}

/**
 * What Zendesk sets by itself: a comment of an end user reopens, an assignee opens, and who solves is responsible.
 * It is the updater that counts, not the comment's author: a call by an admin never reopens.
 */
function bySystemRules(ticket: Ticket, draft: TicketDraft, input: TicketInput): Ticket {
  const { user } = draft.actor;
  const waits = ticket.status === 'pending' || ticket.status === 'hold' || ticket.status === 'solved';
  if (draft.comment && !isAgent(user) && waits && input.status === undefined) return { ...ticket, status: 'open' };
  if (ticket.status === 'new' && ticket.assignee_id !== null) return { ...ticket, status: 'open' };
  const solves = ticket.status === 'solved' && draft.before?.status !== 'solved';
  return solves && ticket.assignee_id === null && isAgent(user) ? { ...ticket, assignee_id: user.id } : ticket;
}
