import type { ZendeskSession } from '../account/session.ts';
import type { TicketDraft } from '../tickets/draft.ts';
import { runActions } from './actions.ts';
import { applies } from './conditions.ts';
import { triggers } from './trigger.ts';

/**
 * Runs the active triggers on an update, in order.
 *
 * When one changes the ticket, all are looked at again from the first, but none fires twice.
 */
export async function runTriggers(session: ZendeskSession, draft: TicketDraft): Promise<void> {
  const waiting = (await session.store.list(triggers)).filter((trigger) => trigger.active);
  for (let next = 0; next < waiting.length;) {
    const trigger = waiting[next];
    const facts = { ...draft, actor: draft.actor.user, viaId: draft.actor.viaId };
    if (!trigger || !applies(trigger.conditions, facts)) {
      next += 1;
      continue;
    }
    const before = draft.ticket;
    waiting.splice(next, 1);
    await runActions(session, draft, trigger);
    if (JSON.stringify(before) !== JSON.stringify(draft.ticket)) next = 0;
  }
}
