import { z } from 'zod';

/** What a planned write holds, once placeholders are replaced. Ids of Zendesk are strings on our side. */
const Id = z.string().regex(/^\d+$/);
const Metadata = z.object({ deskbridge: z.string() });

export const UserWrite = z.object({
  kind: z.literal('user'),
  user: z.object({ external_id: z.string(), name: z.string() }),
  hash: z.string(),
  /** Who the app user was at Zendesk before, and a ticket that they wrote to. */
  known: Id.optional(),
  ticket: Id.optional(),
  /** Only where addresses are proof. */
  email: z.string().optional(),
});
export type UserWrite = z.infer<typeof UserWrite>;

const Profile = { user: Id, externalId: z.string(), hash: z.string() };

export const FieldsWrite = z.object({ kind: z.literal('fields'), ...Profile, facts: z.record(z.string(), z.json()) });
export type FieldsWrite = z.infer<typeof FieldsWrite>;

export const DetailsWrite = z.object({
  kind: z.literal('details'),
  ...Profile,
  text: z.string(),
  /** Names the details that it replaces, or nothing. */
  former: z.string(),
});
export type DetailsWrite = z.infer<typeof DetailsWrite>;

export const AddressWrite = z.object({
  kind: z.literal('address'),
  ...Profile,
  email: z.string().optional(),
  /** The digest of the address that it replaces, or nothing. */
  former: z.string(),
});
export type AddressWrite = z.infer<typeof AddressWrite>;

export const UploadWrite = z.object({ kind: z.literal('upload'), url: z.string(), name: z.string() });
export type UploadWrite = z.infer<typeof UploadWrite>;

export const TicketWrite = z.object({
  kind: z.literal('ticket'),
  idempotencyKey: z.string(),
  nonce: z.string(),
  ticket: z.looseObject({
    requester_id: Id,
    submitter_id: Id,
    external_id: z.string(),
    comment: z.looseObject({ author_id: Id.optional() }),
    metadata: Metadata,
  }),
});
export type TicketWrite = z.infer<typeof TicketWrite>;

export const CommentWrite = z.object({
  kind: z.literal('comment'),
  ticket: Id,
  /** Whom the ticket must talk to. */
  person: Id,
  body: z.object({ comment: z.looseObject({ public: z.boolean(), author_id: Id.optional() }), metadata: Metadata }),
});
export type CommentWrite = z.infer<typeof CommentWrite>;

export const Write = z.discriminatedUnion('kind', [
  UserWrite,
  FieldsWrite,
  DetailsWrite,
  AddressWrite,
  UploadWrite,
  TicketWrite,
  CommentWrite,
]);
