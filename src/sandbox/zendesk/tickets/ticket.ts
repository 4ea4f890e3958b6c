import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { Kind, Store } from '../../store.ts';
import { stamp } from '../account/session.ts';
import { recordNotFound } from '../problem.ts';
import { viaSchema } from './via.ts';

/** In the order that "less than" and "greater than" mean. */
export const STATUSES = ['new', 'open', 'pending', 'hold', 'solved', 'closed'] as const;
export const statusSchema = z.enum(STATUSES);
export type Status = z.infer<typeof statusSchema>;

const ticketSchema = z.object({
  id: z.number(),
  external_id: z.string().nullable(),
  subject: z.string().nullable(),
  /** The text of the first comment. */
  description: z.string(),
  status: statusSchema,
  priority: z.enum(['low', 'normal', 'high', 'urgent']).nullable(),
  type: z.enum(['question', 'incident', 'problem', 'task']).nullable(),
  requester_id: z.number(),
  submitter_id: z.number(),
  assignee_id: z.number().nullable(),
  brand_id: z.number(),
  email_cc_ids: z.array(z.number()),
  tags: z.array(z.string()),
  custom_fields: z.array(z.object({ id: z.number(), value: z.json() })),
  followup_ids: z.array(z.number()),
  is_public: z.boolean(),
  via: viaSchema,
  via_id: z.number(),
  created_at: z.number(),
  updated_at: z.number(),
  /** What later comments are when nobody says: as the first was. */
  public_by_default: z.boolean(),
  comment_count: z.number(),
  solved_at: z.number().nullable(),
  closed_at: z.number().nullable(),
  deleted: z.boolean(),
  /** Rises with each change in the account. */
  change: z.number(),
});
export type Ticket = z.infer<typeof ticketSchema>;

export const tickets: Kind<Ticket> = {
  name: 'ticket',
  schema: ticketSchema,
  id: (ticket) => ticket.id,
  group: (ticket) => ticket.status,
  lookup: (ticket) => ticket.external_id,
  position: (ticket) => ticket.change,
};

/** @throws {Refusal} 404 when there is none, or it was deleted. */
export async function ticketOr404(store: Store, id: string | number | undefined): Promise<Ticket> {
  const ticket = id === undefined ? undefined : await store.get(tickets, id);
  if (!ticket || ticket.deleted) throw recordNotFound();
  return ticket;
}

/** Tags as Zendesk keeps them: lower case, no spaces, each once, sorted. */
export const cleanTags = (tags: readonly string[]): string[] =>
  [...new Set(tags.map((tag) => tag.trim().toLowerCase().replace(/\s+/g, '_')).filter((tag) => tag !== ''))].toSorted();

/** A ticket as the API shows it. */
export function ticketJson(url: string, ticket: Ticket): JsonObject {
  const { change, public_by_default, comment_count, solved_at, closed_at, deleted, via_id, ...shown } = ticket;
  return {
    ...shown,
    url: `${url}/api/v2/tickets/${ticket.id}.json`,
    raw_subject: ticket.subject,
    status: deleted ? 'deleted' : ticket.status,
    created_at: stamp(ticket.created_at),
    updated_at: stamp(ticket.updated_at),
    generated_timestamp: Math.floor(ticket.updated_at / 1_000),
    recipient: null,
    organization_id: null,
    group_id: null,
    collaborator_ids: ticket.email_cc_ids,
    follower_ids: [],
    forum_topic_id: null,
    problem_id: null,
    has_incidents: false,
    due_at: null,
    fields: ticket.custom_fields,
    satisfaction_rating: null,
    sharing_agreement_ids: [],
    ticket_form_id: null,
    custom_status_id: null,
    allow_channelback: false,
    allow_attachments: true,
    from_messaging_channel: false,
  };
}
