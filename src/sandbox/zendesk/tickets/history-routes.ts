import { json } from '../../answer.ts';
import type { ApiRoute, Call } from '../call.ts';
import { newestFirst, paginate } from '../paging.ts';
import { recordNotFound } from '../problem.ts';
import { attachments } from '../uploads/attachment.ts';
import { sideLoadedUsers } from '../users/side-load.ts';
import { auditJson, auditMetadata, audits } from './audit.ts';
import { type Comment, commentJson, comments } from './comment.ts';
import { ticketOr404 } from './ticket.ts';

/** `/api/v2/tickets/{id}/comments` and `…/audits`. No scope of tickets opens the audits, only the broad `read`. */
export const historyRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/tickets/:id/comments',
    resource: 'tickets',
    allowed: 'agent',
    async answer(call) {
      const ticket = await ticketOr404(call.session.store, call.params.id);
      const descending = newestFirst(call.exchange.query);
      const all = await call.session.store.list(comments, { group: ticket.id, descending });
      const { items, envelope } = paginate(call, all, (comment) => comment.id);
      const shown = [];
      for (const comment of items) shown.push(await commentOf(call, comment));
      return json(200, {
        comments: shown,
        ...(await sideLoadedUsers(
          call,
          items.map((comment) => comment.author_id),
        )),
        ...envelope,
      });
    },
  },
  {
    method: 'GET',
    path: '/tickets/:id/audits',
    allowed: 'agent',
    async answer(call) {
      const ticket = await ticketOr404(call.session.store, call.params.id);
      const descending = newestFirst(call.exchange.query);
      const all = await call.session.store.list(audits, { group: ticket.id, descending });
      const { items, envelope } = paginate(call, all, (audit) => audit.id);
      return json(200, { audits: items.map(auditJson), ...envelope });
    },
  },
  {
    method: 'GET',
    path: '/tickets/:id/audits/:audit',
    allowed: 'agent',
    async answer(call) {
      const ticket = await ticketOr404(call.session.store, call.params.id);
      const audit = await call.session.store.get(audits, call.params.audit ?? '');
      if (audit?.ticket_id !== ticket.id) throw recordNotFound();
      return json(200, { audit: auditJson(audit) });
    },
  },
];

async function commentOf(call: Call, comment: Comment) {
  const { store } = call.session;
  const audit = await store.get(audits, comment.audit_id);
  const attached = await store.getMany(attachments, comment.attachment_ids);
  return commentJson(call.url, comment, attached, auditMetadata(audit ?? { custom: {} }));
}
