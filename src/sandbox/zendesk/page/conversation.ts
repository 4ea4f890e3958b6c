import { type Html, html, trusted } from '../../../domain/html.ts';
import { fileSize, timeElement } from '../../page-pieces.ts';
import type { ZendeskReading } from '../account/session.ts';
import { type Comment, comments } from '../tickets/comment.ts';
import type { Ticket } from '../tickets/ticket.ts';
import { type Attachment, attachments, attachmentUrl } from '../uploads/attachment.ts';
import { isAgent, type User, users } from '../users/user.ts';
import { avatar, roleName, statusPill, tagList } from './pieces.ts';

/** What changes on the page of a ticket while somebody looks at it: its state, and what was said. */
export async function conversation(reading: ZendeskReading, url: string, ticket: Ticket): Promise<Html> {
  const { store } = reading;
  const said = await store.list(comments, { group: ticket.id });
  const ids = [ticket.requester_id, ticket.assignee_id, ...said.map((comment) => comment.author_id)];
  const people = await store.getMany(
    users,
    [...new Set(ids)].filter((id) => id !== null),
  );
  const byId = new Map(people.map((user) => [user.id, user]));
  const files = await store.getMany(
    attachments,
    said.flatMap((comment) => comment.attachment_ids),
  );
  const assignee = ticket.assignee_id === null ? undefined : byId.get(ticket.assignee_id);
  const standing = [
    `from ${byId.get(ticket.requester_id)?.name ?? 'unknown'}`,
    assignee ? `assigned to ${assignee.name}` : 'not assigned',
    ...(ticket.external_id === null ? [] : [`external id ${ticket.external_id}`]),
  ].join(', ');
  return html`<div class="facts">
      ${statusPill(ticket.status)} ${tagList(ticket.tags)}
      <span class="muted">${standing}</span>
    </div>
    <ol class="conversation">
      ${said.map((comment) => entry(url, comment, byId.get(comment.author_id), files))}
    </ol>`;
}

function entry(url: string, comment: Comment, author: User | undefined, files: readonly Attachment[]): Html {
  const side = author && isAgent(author) ? 'from-agent' : 'from-customer';
  const attached = files.filter((file) => comment.attachment_ids.includes(file.id));
  return html`<li class="comment ${side} ${comment.public ? 'public' : 'internal'}" id="comment-${comment.id}">
    ${avatar(author)}
    <div class="bubble">
      <p class="by">
        <strong>${author?.name ?? 'unknown'}</strong>
        <span class="muted">${roleName(author)}</span>
        ${comment.public ? html`<span class="kind">Public</span>` : html`<span class="kind">Internal note</span>`}
        <span class="muted">via ${comment.via.channel}</span>
        ${timeElement(comment.created_at)}
      </p>
      ${trusted(comment.html_body)}
      ${
        attached.length > 0 &&
        html`<ul class="files">
          ${attached.map((file) => attachment(url, file))}
        </ul>`
      }
    </div>
  </li>`;
}

function attachment(url: string, file: Attachment): Html {
  const href = attachmentUrl(url, file);
  const isImage = /^image\/(png|jpe?g|gif|webp)$/.test(file.content_type);
  return html`<li>
    <a href="${href}">${isImage && html`<img src="${href}" alt="" loading="lazy" />`} ${file.file_name}</a>
    <span class="muted">${fileSize(file.size)}</span>
  </li>`;
}
