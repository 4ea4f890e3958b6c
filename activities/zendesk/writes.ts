import { z } from 'zod';

/** What a planned write holds, once placeholders are replaced. Ids of Zendesk are strings on our side. */
const Id = z.string().regex(/^\d+$/);

export const UserWrite = z.object({
  kind: z.literal('user'),
  user: z.looseObject({ external_id: z.string() }),
  hash: z.string(),
});

export const TicketWrite = z.object({
  kind: z.literal('ticket'),
  idempotencyKey: z.string(),
  ticket: z.looseObject({
    requester_id: Id,
    submitter_id: Id,
    external_id: z.string(),
    comment: z.looseObject({ author_id: Id }),
    metadata: z.object({ deskbridge: z.string() }),
  }),
});

export const CommentWrite = z.object({
  kind: z.literal('comment'),
  ticket: Id,
  reopen: z.enum(['never', 'ifResting', 'always']),
  body: z.looseObject({
    comment: z.looseObject({ author_id: Id.optional() }),
    metadata: z.object({ deskbridge: z.string() }),
  }),
});

export const Write = z.discriminatedUnion('kind', [UserWrite, TicketWrite, CommentWrite]);
export type UserWrite = z.infer<typeof UserWrite>;
export type TicketWrite = z.infer<typeof TicketWrite>;
export type CommentWrite = z.infer<typeof CommentWrite>;
