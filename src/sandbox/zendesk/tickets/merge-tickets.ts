import type { ZendeskSession } from '../account/session.ts';
import { invalidField } from '../problem.ts';
import type { Actor } from './draft.ts';
import type { Saved } from './save-ticket.ts';
import type { Ticket } from './ticket.ts';
import { updateTicket } from './update-ticket.ts';
import { via } from './via.ts';

export interface TicketMerge {
  readonly url: string;
  readonly actor: Actor;
  readonly sources: readonly Ticket[];
  readonly target: Ticket;
  readonly targetComment?: string | undefined;
  readonly sourceComment?: string | undefined;
}

/**
 * Merges tickets into another: the sources are closed and tagged, and each audit says where it went.
 * @throws {Refusal} 422 when one of them is closed, or is the target itself.
 */
export async function mergeTickets(session: ZendeskSession, merge: TicketMerge): Promise<Saved> {
  const { url, actor, target, sources } = merge;
  if (sources.some((source) => source.id === target.id)) throw invalidField('base', 'A ticket cannot be merged into itself');
  for (const source of sources) {
    const body =
      merge.sourceComment ?? `This request was closed and merged into request #${target.id} "${target.subject ?? ''}".`;
    await updateTicket(session, {
      url,
      actor,
      ticket: source,
      input: { status: 'closed', tags: [...source.tags, 'closed_by_merge'], comment: { body, public: false } },
      via: via('system', { to: { ticket_id: target.id, subject: target.subject }, rel: 'merge' }),
    });
  }
  const ids = sources.map((source) => source.id);
  const names = sources.map((source) => `#${source.id} "${source.subject ?? ''}"`).join(', ');
  const body = merge.targetComment ?? `Request ${names} was closed and merged into this request.`;
  return updateTicket(session, {
    url,
    actor,
    ticket: target,
    input: { comment: { body, public: false } },
    via: via('system', { from: { ticket_ids: ids }, rel: 'merge' }),
  });
}
