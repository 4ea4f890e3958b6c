import { z } from 'zod';
import { escapeHtml } from '../../../domain/html.ts';
import type { ZendeskSession } from '../account/session.ts';
import { idSchema } from '../call.ts';
import { invalidField } from '../problem.ts';
import { hasPlaceholders, placeholderValues, renderPlaceholders, type Values } from '../triggers/placeholders.ts';
import { type Attachment, attachmentJson } from '../uploads/attachment.ts';
import { attachUploads } from '../uploads/upload.ts';
import { isAgent, type User, users } from '../users/user.ts';
import type { AuditEvent } from './audit.ts';
import { type Comment, comments } from './comment.ts';
import { type CommentText, fromHtml, fromText } from './comment-text.ts';
import type { TicketDraft } from './draft.ts';
import { signatureFor, withSignature } from './signature.ts';
import { via } from './via.ts';

export const newCommentSchema = z.object({
  body: z.string().optional(),
  html_body: z.string().optional(),
  public: z.boolean().optional(),
  author_id: idSchema.optional(),
  uploads: z.array(z.string()).optional(),
});
export type NewComment = z.infer<typeof newCommentSchema>;

/** Whether there is anything to keep. Zendesk passes over an empty comment in silence. */
export const saysSomething = (comment: NewComment): boolean =>
  (comment.html_body ?? comment.body ?? '').trim() !== '' || (comment.uploads?.length ?? 0) > 0;

/**
 * Adds a comment to a draft: text cut and sanitised, placeholders filled in for agents, signature and files attached.
 * @throws {Refusal} 422 for the 5,001st comment, an unknown author or a bad upload.
 */
export async function writeComment(
  session: ZendeskSession,
  draft: TicketDraft,
  input: NewComment,
  defaultAuthor: number,
): Promise<void> {
  const most = session.state.settings.maxCommentsPerTicket;
  if (draft.ticket.comment_count >= most) {
    throw invalidField('base', `Comment: a ticket cannot have more than ${most} comments`, 'TooManyComments');
  }
  const author = await session.store.get(users, input.author_id ?? defaultAuthor);
  if (!author?.active) throw invalidField('author', 'Author: is invalid', 'InvalidValue');
  const isPublic = input.public ?? draft.ticket.public_by_default;
  const id = session.nextId();
  const attached = await attachUploads(session, input.uploads ?? [], id);
  const comment: Comment = {
    id,
    ticket_id: draft.ticket.id,
    audit_id: draft.auditId,
    author_id: author.id,
    public: isPublic,
    ...(await textOf(session, draft, { input, author, isPublic })),
    attachment_ids: attached.map((attachment) => attachment.id),
    via: via(draft.actor.channel),
    created_at: session.now,
  };
  await session.store.put(comments, comment);
  draft.comment = comment;
  draft.ticket = {
    ...draft.ticket,
    comment_count: draft.ticket.comment_count + 1,
    is_public: draft.ticket.is_public || isPublic,
  };
  draft.events.push(commentEvent(draft.url, comment, attached));
}

interface Wording {
  readonly input: NewComment;
  readonly author: User;
  readonly isPublic: boolean;
}

async function textOf(session: ZendeskSession, draft: TicketDraft, wording: Wording): Promise<CommentText> {
  const { input, author, isPublic } = wording;
  const written = input.html_body ?? input.body ?? '';
  const fill = isAgent(author) && hasPlaceholders(written) ? await filler(session, draft) : (text: string) => text;
  const text =
    input.html_body === undefined
      ? fromText(fill(input.body ?? '', false), isAgent(author))
      : fromHtml(fill(input.html_body, true));
  const signs = draft.actor.channel === 'web' && isPublic && isAgent(author) && session.state.settings.signatures;
  return signs ? withSignature(text, await signatureFor(session, draft.ticket.brand_id, author)) : text;
}

async function filler(session: ZendeskSession, draft: TicketDraft): Promise<(text: string, isHtml: boolean) => string> {
  const values = await placeholderValues(session, { url: draft.url, ticket: draft.ticket, actor: draft.actor.user });
  return (text, isHtml) => (isHtml ? fillHtml(text, values) : fillText(text, values));
}

/** What stands in `<code>` is meant literally. */
const fillHtml = (markup: string, values: Values): string =>
  markup
    .split(/(<code>[\s\S]*?<\/code>)/)
    .map((part) => (part.startsWith('<code>') ? part : renderPlaceholders(part, values, escapeHtml)))
    .join('');

/** A backslash before the braces means them literally. */
const fillText = (text: string, values: Values): string =>
  text
    .split(/(\\+\{\{[^}]*\}\})/)
    .map((part) => (part.startsWith('\\') ? part.replace(/^\\+/, '') : renderPlaceholders(part, values)))
    .join('');

const commentEvent = (url: string, comment: Comment, attached: readonly Attachment[]): AuditEvent => ({
  id: comment.id,
  type: 'Comment',
  author_id: comment.author_id,
  body: comment.body,
  html_body: comment.html_body,
  plain_body: comment.plain_body,
  public: comment.public,
  attachments: attached.map((attachment) => attachmentJson(url, attachment)),
  audit_id: comment.audit_id,
});
