import { z } from 'zod';

/** The fields of Zendesk's answers that we read. Numbers of ids become strings at once. */
const Id = z.union([z.number(), z.string()]).transform(String);
const Time = z.string().transform((text) => Date.parse(text));

export const UserAnswer = z.object({ user: z.object({ id: Id, role: z.string() }) });
export const UsersAnswer = z.object({
  users: z.array(z.object({ id: Id, role: z.string(), external_id: z.string().nullish() })),
});
export const MeAnswer = z.object({ user: z.object({ id: Id, name: z.string(), role: z.string() }) });

export const TokenAnswer = z.object({ token: z.object({ id: Id }) });

const Ticket = z.object({
  id: Id,
  status: z.string(),
  external_id: z.string().nullish(),
  requester_id: Id,
  updated_at: z.string(),
  tags: z.array(z.string()).default([]),
});

const AuditEvent = z.looseObject({ id: Id, type: z.string() });
const Audit = z.object({
  created_at: Time,
  events: z.array(AuditEvent),
  metadata: z.looseObject({ custom: z.looseObject({ deskbridge: z.string().optional() }).nullish() }).nullish(),
});
export type Audit = z.infer<typeof Audit>;

export const TicketAnswer = z.object({ ticket: Ticket });
export const TicketsAnswer = z.object({ tickets: z.array(Ticket) });
export const TicketAuditAnswer = z.object({ ticket: Ticket, audit: Audit });

const Paged = {
  meta: z.object({ has_more: z.boolean(), after_cursor: z.string().nullish() }).optional(),
  links: z.object({ next: z.string().nullish() }).optional(),
};

export const AuditsAnswer = z.object({ audits: z.array(Audit), ...Paged });

const Attachment = z.object({
  id: Id,
  file_name: z.string(),
  content_url: z.string(),
  content_type: z.string().default('application/octet-stream'),
  size: z.number().optional(),
});

const Comment = z.object({
  id: Id,
  type: z.string(),
  author_id: Id,
  public: z.boolean(),
  body: z.string().default(''),
  plain_body: z.string().default(''),
  created_at: Time,
  attachments: z.array(Attachment).default([]),
});
export type Comment = z.infer<typeof Comment>;

const Agent = z.object({
  id: Id,
  name: z.string(),
  alias: z.string().nullish(),
  role: z.string(),
  email: z.string().nullish(),
  photo: z.looseObject({ content_url: z.string().nullish() }).nullish(),
});
export type Agent = z.infer<typeof Agent>;

export const CommentsAnswer = z.object({ comments: z.array(Comment), users: z.array(Agent).default([]), ...Paged });

export const ChangedAnswer = z.object({
  tickets: z.array(z.object({ id: Id, updated_at: z.string(), external_id: z.string().nullish() })),
  after_cursor: z.string().nullish(),
  end_of_stream: z.boolean().default(true),
});

export const Nothing = z.unknown();
