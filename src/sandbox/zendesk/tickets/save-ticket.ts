import type { ZendeskSession } from '../account/session.ts';
import { invalidField } from '../problem.ts';
import { runTriggers } from '../triggers/run-triggers.ts';
import { type Audit, audits } from './audit.ts';
import type { TicketDraft } from './draft.ts';
import { type Ticket, tickets } from './ticket.ts';
import type { Via } from './via.ts';

export interface Saved {
  readonly ticket: Ticket;
  readonly audit: Audit;
}

export interface SaveOptions {
  /** Kept in the audit as `metadata.custom`. */
  readonly metadata: Audit['custom'] | undefined;
  readonly via: Via;
  /** False for what Zendesk does by itself. */
  readonly triggers?: boolean;
}

const METADATA_BYTES = 1_024;

/**
 * Ends an update: runs the triggers, then keeps ticket and audit.
 * An update that changes nothing leaves no trace; its audit has no events and is not kept.
 */
export async function saveTicket(session: ZendeskSession, draft: TicketDraft, options: SaveOptions): Promise<Saved> {
  const changes = draft.events.length > 0;
  const custom = changes ? checkedMetadata(options.metadata) : {};
  if (changes) draft.ticket = { ...draft.ticket, updated_at: session.now };
  if (changes && options.triggers !== false) await runTriggers(session, draft);
  const ticket = changes ? settled(session, draft) : draft.ticket;
  const audit: Audit = {
    id: draft.auditId,
    ticket_id: ticket.id,
    author_id: draft.actor.user.id,
    created_at: session.now,
    custom,
    events: draft.events,
    via: options.via,
  };
  if (changes) {
    await session.store.put(tickets, ticket);
    await session.store.put(audits, audit);
  }
  return { ticket, audit };
}

function checkedMetadata(metadata: Audit['custom'] = {}): Audit['custom'] {
  if (Buffer.byteLength(JSON.stringify(metadata)) <= METADATA_BYTES) return metadata;
  throw invalidField('metadata', `Metadata: is too long (maximum is ${METADATA_BYTES} bytes)`);
}

/** Times of solving and closing follow the status. */
function settled(session: ZendeskSession, { before, ticket }: TicketDraft): Ticket {
  const isSolved = ticket.status === 'solved';
  const solvedAt = isSolved ? (before?.status === 'solved' ? before.solved_at : session.now) : null;
  if (isSolved && solvedAt !== null) {
    const closesAt = solvedAt + session.state.settings.closeSolvedAfterMs;
    session.update({ closingDueAt: Math.min(session.state.closingDueAt ?? closesAt, closesAt) });
  }
  const closedAt = ticket.status === 'closed' ? (before?.closed_at ?? session.now) : null;
  return { ...ticket, solved_at: solvedAt, closed_at: closedAt, change: session.nextId() };
}
