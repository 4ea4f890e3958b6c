import type { ZendeskSession } from '../account/session.ts';
import type { User } from '../users/user.ts';
import type { AuditEvent } from './audit.ts';
import type { Comment } from './comment.ts';
import type { Ticket } from './ticket.ts';

/** Who makes an update, and on what way. */
export interface Actor {
  readonly user: User;
  /** As in `via.channel`. */
  readonly channel: string;
  /** As in the condition `current_via_id`. */
  readonly viaId: number;
}

/** An update of a ticket in the making. Triggers look at it and go on changing it. */
export interface TicketDraft {
  readonly url: string;
  readonly actor: Actor;
  readonly auditId: number;
  /** The ticket before the update; undefined when it is being created. */
  readonly before: Ticket | undefined;
  ticket: Ticket;
  comment: Comment | undefined;
  readonly events: AuditEvent[];
}

type Field =
  | 'subject'
  | 'status'
  | 'priority'
  | 'type'
  | 'requester_id'
  | 'assignee_id'
  | 'external_id'
  | 'tags'
  | 'brand_id'
  | 'email_cc_ids';
const FIELDS: readonly Field[] = [
  'subject',
  'status',
  'priority',
  'type',
  'requester_id',
  'assignee_id',
  'external_id',
  'tags',
  'brand_id',
  'email_cc_ids',
];

/** The events for what is different now, as Create events for a new ticket and Change events otherwise. */
export function changeEvents(session: ZendeskSession, before: Ticket | undefined, after: Ticket): readonly AuditEvent[] {
  const events = FIELDS.flatMap((field): AuditEvent[] => {
    const [previous, value] = [before?.[field], after[field]];
    if (!before) return isSet(value) ? [{ id: session.nextId(), type: 'Create', field_name: field, value: plain(value) }] : [];
    if (JSON.stringify(previous) === JSON.stringify(value)) return [];
    const change = { field_name: field, value: plain(value), previous_value: plain(previous ?? null) };
    return [{ id: session.nextId(), type: 'Change', ...change }];
  });
  return [...events, ...customFieldEvents(session, before, after)];
}

const isSet = (value: Ticket[Field]): boolean => value !== null && !(Array.isArray(value) && value.length === 0);

/** Ids are strings in events. */
function plain(value: Ticket[Field]): string | string[] | null {
  if (Array.isArray(value)) return value.map(String);
  return value === null ? null : String(value);
}

function customFieldEvents(session: ZendeskSession, before: Ticket | undefined, after: Ticket): readonly AuditEvent[] {
  return after.custom_fields.flatMap((field) => {
    const previous = before?.custom_fields.find((other) => other.id === field.id)?.value ?? null;
    if (JSON.stringify(previous) === JSON.stringify(field.value)) return [];
    const change = { field_name: String(field.id), value: field.value, previous_value: previous };
    return [{ id: session.nextId(), type: before ? 'Change' : 'Create', ...change }];
  });
}
