import { z } from 'zod';
import type { ZendeskSession } from '../account/session.ts';
import { brands } from '../account/brand.ts';
import { idSchema } from '../call.ts';
import { invalidField } from '../problem.ts';
import { isAgent, users } from '../users/user.ts';
import { cleanTags, statusSchema, type Ticket } from './ticket.ts';
import { newCommentSchema } from './write-comment.ts';

const tagsSchema = z.union([z.array(z.string()), z.string().transform((text) => text.split(/[\s,]+/))]);

/** What can be written of a ticket. Other attributes are ignored. */
export const ticketInput = z.object({
  subject: z.string().nullable().optional(),
  status: statusSchema.optional(),
  priority: z.enum(['low', 'normal', 'high', 'urgent']).nullable().optional(),
  type: z.enum(['question', 'incident', 'problem', 'task']).nullable().optional(),
  external_id: z
    .union([z.string(), z.number().transform(String)])
    .nullable()
    .optional(),
  requester_id: idSchema.optional(),
  requester: z.object({ name: z.string().optional(), email: z.string() }).optional(),
  submitter_id: idSchema.optional(),
  assignee_id: idSchema.nullable().optional(),
  brand_id: idSchema.optional(),
  email_cc_ids: z.array(idSchema).optional(),
  collaborator_ids: z.array(idSchema).optional(),
  tags: tagsSchema.optional(),
  custom_fields: z.array(z.object({ id: idSchema, value: z.json() })).optional(),
  comment: newCommentSchema.optional(),
  /** Only for the first comment; kept for old clients. */
  description: z.string().optional(),
  metadata: z.record(z.string(), z.json()).optional(),
  via_followup_source_id: idSchema.optional(),
  safe_update: z.boolean().optional(),
  updated_stamp: z.string().optional(),
});
export type TicketInput = z.infer<typeof ticketInput>;

/**
 * A ticket with the given attributes changed.
 * @throws {Refusal} 422 when somebody or something named does not exist.
 */
export async function withInput(session: ZendeskSession, ticket: Ticket, input: TicketInput): Promise<Ticket> {
  await checkReferences(session, input);
  return {
    ...ticket,
    subject: input.subject === undefined ? ticket.subject : input.subject,
    status: input.status ?? ticket.status,
    priority: input.priority === undefined ? ticket.priority : input.priority,
    type: input.type === undefined ? ticket.type : input.type,
    external_id: input.external_id === undefined ? ticket.external_id : input.external_id,
    requester_id: input.requester_id ?? ticket.requester_id,
    assignee_id: input.assignee_id === undefined ? ticket.assignee_id : input.assignee_id,
    brand_id: input.brand_id ?? ticket.brand_id,
    email_cc_ids: input.email_cc_ids ?? input.collaborator_ids ?? ticket.email_cc_ids,
    tags: input.tags === undefined ? ticket.tags : cleanTags(input.tags),
    custom_fields: mergedFields(ticket.custom_fields, input.custom_fields ?? []),
  };
}

async function checkReferences(session: ZendeskSession, input: TicketInput): Promise<void> {
  const { store } = session;
  const people = { requester: input.requester_id, submitter: input.submitter_id, assignee: input.assignee_id ?? undefined };
  for (const [field, id] of Object.entries(people)) {
    if (id === undefined) continue;
    const user = await store.get(users, id);
    if (!user?.active) throw invalidField(field, `${capital(field)}: is invalid`, 'InvalidValue');
    if (field === 'assignee' && !isAgent(user)) throw invalidField(field, 'Assignee: must be an agent', 'InvalidValue');
  }
  if (input.brand_id !== undefined && !(await store.get(brands, input.brand_id))) {
    throw invalidField('brand', 'Brand: is invalid', 'InvalidValue');
  }
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

type CustomFields = Ticket['custom_fields'];

const mergedFields = (existing: CustomFields, given: CustomFields): CustomFields => [
  ...existing.filter((field) => !given.some((other) => other.id === field.id)),
  ...given,
];
