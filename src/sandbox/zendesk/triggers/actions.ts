import { z } from 'zod';
import type { ZendeskSession } from '../account/session.ts';
import type { AuditEvent } from '../tickets/audit.ts';
import { changeEvents, type TicketDraft } from '../tickets/draft.ts';
import { cleanTags, statusSchema, type Ticket } from '../tickets/ticket.ts';
import { via } from '../tickets/via.ts';
import { staff, type User, users } from '../users/user.ts';
import { callWebhook } from '../webhooks/call-webhook.ts';
import { sendMail } from './outbox.ts';
import { placeholderValues, renderPlaceholders } from './placeholders.ts';
import type { Action, Trigger } from './trigger.ts';

/** One trigger acting on one update. */
interface Firing {
  readonly session: ZendeskSession;
  readonly draft: TicketDraft;
  readonly trigger: Trigger;
}

/** Does what a trigger says, in order. What is not known here is left alone. */
export async function runActions(session: ZendeskSession, draft: TicketDraft, trigger: Trigger): Promise<void> {
  const firing = { session, draft, trigger };
  for (const action of trigger.actions) {
    if (action.field === 'notification_webhook') await notifyWebhook(firing, action);
    else if (action.field === 'notification_user') await notifyUser(firing, action);
    else changeTicket(firing, action);
  }
}

const ruleVia = (trigger: Trigger) => via('rule', { from: { id: trigger.id, title: trigger.title }, rel: 'trigger' });

const values = ({ session, draft }: Firing) =>
  placeholderValues(session, { url: draft.url, ticket: draft.ticket, actor: draft.actor.user });

async function notifyWebhook(firing: Firing, action: Action): Promise<void> {
  const parsed = z.tuple([z.string(), z.string()]).safeParse(action.value);
  if (!parsed.success) return;
  const [webhookId, template] = parsed.data;
  const isJson = firing.session.state.settings.webhookPlaceholders === 'json';
  const escape = isJson ? (text: string): string => JSON.stringify(text).slice(1, -1) : undefined;
  const body = renderPlaceholders(template, await values(firing), escape);
  const called = await callWebhook(firing.session, webhookId, body);
  if (called) firing.draft.events.push(ruleEvent(firing, { type: 'External', resource: webhookId, body }));
}

async function notifyUser(firing: Firing, action: Action): Promise<void> {
  const parsed = z.tuple([z.union([z.string(), z.number()]), z.string(), z.string()]).safeParse(action.value);
  if (!parsed.success) return;
  const [recipient, subjectTemplate, bodyTemplate] = parsed.data;
  const recipients = (await recipientsOf(firing, String(recipient))).filter((user) => user.email !== null && user.active);
  if (recipients.length === 0) return;
  const filled = await values(firing);
  const subject = renderPlaceholders(subjectTemplate, filled);
  const body = renderPlaceholders(bodyTemplate, filled);
  for (const user of recipients) {
    await sendMail(firing.session, {
      why: 'trigger',
      trigger_id: firing.trigger.id,
      trigger_title: firing.trigger.title,
      ticket_id: firing.draft.ticket.id,
      user_id: user.id,
      to: user.email ?? '',
      subject,
      body,
    });
  }
  firing.draft.events.push(
    ruleEvent(firing, { type: 'Notification', subject, body, recipients: recipients.map((user) => user.id) }),
  );
}

/** A requester without an address gets nothing, and then nobody in copy does. */
async function recipientsOf({ session, draft }: Firing, recipient: string): Promise<readonly User[]> {
  const { ticket, actor } = draft;
  const byIds = (ids: readonly (number | string | null)[]): Promise<readonly User[]> =>
    session.store.getMany(
      users,
      ids.filter((id) => id !== null),
    );
  if (recipient === 'requester_id') return byIds([ticket.requester_id]);
  if (recipient === 'assignee_id') return byIds([ticket.assignee_id]);
  if (recipient === 'current_user') return [actor.user];
  if (recipient === 'all_agents') return staff(session.store);
  if (recipient !== 'requester_and_ccs') return byIds([recipient]);
  const [requester] = await byIds([ticket.requester_id]);
  return requester?.email ? [requester, ...(await byIds(ticket.email_cc_ids))] : [];
}

function changeTicket(firing: Firing, action: Action): void {
  const { session, draft, trigger } = firing;
  const changed: Ticket = { ...draft.ticket, ...changeOf(draft.ticket, action) };
  const events = changeEvents(session, draft.ticket, changed);
  draft.events.push(...events.map((event) => ({ ...event, via: ruleVia(trigger) })));
  draft.ticket = changed;
}

function changeOf(ticket: Ticket, action: Action): Partial<Ticket> {
  const tags = cleanTags(typeof action.value === 'string' ? action.value.split(/\s+/) : []);
  switch (action.field) {
    case 'set_tags':
      return { tags };
    case 'current_tags':
      return { tags: cleanTags([...ticket.tags, ...tags]) };
    case 'remove_tags':
      return { tags: ticket.tags.filter((tag) => !tags.includes(tag)) };
    case 'status': {
      const status = statusSchema.safeParse(action.value);
      return status.success ? { status: status.data } : {};
    }
    default:
      return {};
  }
}

const ruleEvent = (firing: Firing, event: Omit<AuditEvent, 'id'> & { readonly type: string }): AuditEvent => ({
  id: firing.session.nextId(),
  ...event,
  via: ruleVia(firing.trigger),
});
