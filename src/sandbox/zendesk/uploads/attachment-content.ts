import type { Answer } from '../../answer.ts';
import type { Exchange } from '../../exchange.ts';
import type { ZendeskSession } from '../account/session.ts';
import { authenticate } from '../oauth/token.ts';
import { recordNotFound } from '../problem.ts';
import { attachments } from './attachment.ts';

/**
 * Answers the address of an attachment with its bytes.
 * @throws {Refusal} 404; 401 when attachments are private and no token is sent
 */
export async function attachmentContent(session: ZendeskSession, exchange: Exchange, access: string): Promise<Answer> {
  if (session.state.settings.privateAttachments) await authenticate(session, exchange.headers.authorization);
  const [attachment] = await session.store.byLookup(attachments, access);
  const bytes = attachment && (await session.store.bytes(String(attachment.id)));
  if (!bytes) throw recordNotFound();
  const headers = {
    'content-type': attachment.content_type,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(attachment.file_name)}`,
    'x-content-type-options': 'nosniff',
  };
  return { status: 200, headers, body: bytes };
}
