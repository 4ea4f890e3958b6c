import { z } from 'zod';

/** The fields of Zendesk's answers that we read. Numbers of ids become strings at once. */
const Id = z.union([z.number(), z.string()]).transform(String);
const Time = z.string().transform((text) => Date.parse(text));

const User = z.object({
  id: Id,
  name: z.string(),
  role: z.string(),
  email: z.string().nullish(),
  external_id: z.string().nullish(),
  details: z.string().nullish(),
  /** `false` once deleted, or merged into another. */
  active: z.boolean().optional(),
});
export type User = z.infer<typeof User>;

export const UserAnswer = z.object({ user: User });
export const UsersAnswer = z.object({ users: z.array(User) });

const Identity = z.object({ id: Id, type: z.string(), value: z.string(), primary: z.boolean().default(false) });
export type Identity = z.infer<typeof Identity>;

const UserField = z.object({
  key: z.string(),
  type: z.string(),
  active: z.boolean().default(true),
  custom_field_options: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
});
export type UserField = z.infer<typeof UserField>;

export const MeAnswer = z.object({ user: z.object({ id: Id, name: z.string(), role: z.string() }) });

export const TokenAnswer = z.object({ token: z.object({ id: Id }) });

const Ticket = z.object({
  id: Id,
  status: z.string(),
  external_id: z.string().nullish(),
  requester_id: Id,
  brand_id: Id.nullish(),
  updated_at: z.string(),
  tags: z.array(z.string()).default([]),
});

export type Ticket = z.infer<typeof Ticket>;

const AuditEvent = z.looseObject({ id: Id, type: z.string() });
/** How an audit came about; a merge names the other tickets. */
const Via = z.object({
  source: z
    .object({
      to: z.looseObject({ ticket_id: Id.optional() }).nullish(),
      from: z.looseObject({ ticket_ids: z.unknown().optional() }).nullish(),
      rel: z.string().nullish(),
    })
    .nullish(),
});

const Audit = z.object({
  created_at: Time,
  via: Via.nullish().catch(undefined),
  events: z.array(AuditEvent),
  metadata: z.looseObject({ custom: z.looseObject({ deskbridge: z.string().optional() }).nullish() }).nullish(),
});
export type Audit = z.infer<typeof Audit>;

export const TicketAnswer = z.object({ ticket: Ticket, users: z.array(User).default([]) });
export const TicketsAnswer = z.object({ tickets: z.array(Ticket) });
export const TicketAuditAnswer = z.object({ ticket: Ticket, audit: Audit });

const Paged = {
  meta: z.object({ has_more: z.boolean(), after_cursor: z.string().nullish() }).optional(),
  links: z.object({ next: z.string().nullish() }).optional(),
};

export const IdentitiesAnswer = z.object({ identities: z.array(Identity), ...Paged });
export const UserFieldsAnswer = z.object({ user_fields: z.array(UserField), ...Paged });
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
  phone: z.string().nullish(),
  signature: z.string().nullish(),
  photo: z.looseObject({ content_url: z.string().nullish() }).nullish(),
});
export type Agent = z.infer<typeof Agent>;

export const CommentsAnswer = z.object({ comments: z.array(Comment), users: z.array(Agent).default([]), ...Paged });

export const ChangedAnswer = z.object({
  tickets: z.array(
    z.object({ id: Id, updated_at: z.string(), external_id: z.string().nullish(), generated_timestamp: z.number().optional() }),
  ),
  after_cursor: z.string().nullish(),
  end_of_stream: z.boolean().default(true),
});

export const UploadAnswer = z.object({ upload: z.object({ token: z.string() }) });

export const BrandAnswer = z.object({ brand: z.object({ signature_template: z.string().nullish() }) });

export const Nothing = z.unknown();
