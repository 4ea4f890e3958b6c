import type { ZendeskReading, ZendeskSession } from '../account/session.ts';
import { staff } from '../users/user.ts';
import { changeEvents, type TicketDraft } from './draft.ts';
import { saveTicket } from './save-ticket.ts';
import { type Ticket, tickets } from './ticket.ts';
import { via, ViaId } from './via.ts';

/** Whether `closeDueTickets` would have to look. */
export const closingIsDue = ({ state, now }: ZendeskReading): boolean => state.closingDueAt !== null && state.closingDueAt <= now;

/** Closes the tickets that have been solved for long enough, as the stock automation does. Called before anything else. */
export async function closeDueTickets(session: ZendeskSession, url: string): Promise<void> {
  if (!closingIsDue(session)) return;
  const { settings } = session.state;
  let next: number | null = null;
  for (const ticket of await session.store.list(tickets, { group: 'solved' })) {
    const closesAt = (ticket.solved_at ?? session.now) + settings.closeSolvedAfterMs;
    if (closesAt <= session.now) await closeTicket(session, url, ticket);
    else next = Math.min(next ?? closesAt, closesAt);
  }
  session.update({ closingDueAt: next });
}

async function closeTicket(session: ZendeskSession, url: string, ticket: Ticket): Promise<void> {
  const [admin] = await staff(session.store);
  if (!admin) return;
  const closed: Ticket = { ...ticket, status: 'closed' };
  const draft: TicketDraft = {
    url,
    actor: { user: admin, channel: 'rule', viaId: ViaId.rule },
    auditId: session.nextId(),
    before: ticket,
    ticket: closed,
    comment: undefined,
    events: [...changeEvents(session, ticket, closed)],
  };
  await saveTicket(session, draft, { metadata: undefined, via: via('rule', { rel: 'automation' }), triggers: false });
}
