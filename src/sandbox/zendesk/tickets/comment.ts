import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { Kind } from '../../store.ts';
import { stamp } from '../account/session.ts';
import { type Attachment, attachmentJson } from '../uploads/attachment.ts';
import { viaSchema } from './via.ts';

const commentSchema = z.object({
  id: z.number(),
  ticket_id: z.number(),
  audit_id: z.number(),
  author_id: z.number(),
  public: z.boolean(),
  body: z.string(),
  html_body: z.string(),
  plain_body: z.string(),
  attachment_ids: z.array(z.number()),
  via: viaSchema,
  created_at: z.number(),
});
export type Comment = z.infer<typeof commentSchema>;

export const comments: Kind<Comment> = {
  name: 'comment',
  schema: commentSchema,
  id: (comment) => comment.id,
  group: (comment) => comment.ticket_id,
  position: (comment) => comment.id,
};

/** A comment as the API shows it, with what the audit keeps beside it. */
export function commentJson(url: string, comment: Comment, attached: readonly Attachment[], metadata: JsonObject): JsonObject {
  const { ticket_id, attachment_ids, created_at, ...shown } = comment;
  return {
    ...shown,
    type: 'Comment',
    attachments: attached.map((attachment) => attachmentJson(url, attachment)),
    metadata,
    created_at: stamp(created_at),
  };
}
