import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Kind } from '../../store.ts';
import type { ZendeskSession } from '../account/session.ts';
import { invalidField } from '../problem.ts';
import { type Attachment, attachments } from './attachment.ts';

const uploadSchema = z.object({ token: z.string(), expires_at: z.number() });
type Upload = z.infer<typeof uploadSchema>;
const uploads: Kind<Upload> = { name: 'upload', schema: uploadSchema, id: (u) => u.token, position: (u) => u.expires_at };

export interface NewFile {
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  /** The upload that it joins. Absent: a new one. */
  readonly token: string | null;
}

/**
 * Keeps a file until a comment takes it.
 * @throws {Refusal} 422 when the token to join is unknown or too old.
 */
export async function addUpload(session: ZendeskSession, file: NewFile): Promise<{ token: string; attachment: Attachment }> {
  const token = file.token ?? randomBytes(12).toString('base64url');
  if (file.token !== null) await liveUpload(session, file.token);
  else await session.store.put(uploads, { token, expires_at: session.now + session.state.settings.uploadTokenMs });
  const attachment: Attachment = {
    id: session.nextId(),
    file_name: file.fileName,
    content_type: file.contentType,
    size: file.bytes.length,
    access: randomBytes(16).toString('base64url'),
    upload: token,
    comment_id: null,
    created_at: session.now,
  };
  await session.store.put(attachments, attachment);
  await session.store.putBytes(String(attachment.id), file.bytes);
  return { token, attachment };
}

export async function removeUpload(session: ZendeskSession, token: string): Promise<void> {
  const upload = await liveUpload(session, token);
  for (const attachment of await uploaded(session, token)) await session.store.remove(attachments, attachment.id);
  await session.store.remove(uploads, upload.token);
}

export const uploaded = (session: ZendeskSession, token: string): Promise<readonly Attachment[]> =>
  session.store.list(attachments, { group: token });

/**
 * Gives the files of some uploads to a comment. The tokens are used up.
 * @throws {Refusal} 422 when a token is unknown, used or too old.
 */
export async function attachUploads(
  session: ZendeskSession,
  tokens: readonly string[],
  commentId: number,
): Promise<readonly Attachment[]> {
  const attached: Attachment[] = [];
  for (const token of tokens) {
    await liveUpload(session, token);
    for (const attachment of await uploaded(session, token)) {
      const changed = { ...attachment, comment_id: commentId };
      await session.store.put(attachments, changed);
      attached.push(changed);
    }
    await session.store.remove(uploads, token);
  }
  return attached;
}

async function liveUpload(session: ZendeskSession, token: string): Promise<Upload> {
  const upload = await session.store.get(uploads, token);
  if (upload && upload.expires_at > session.now) return upload;
  throw invalidField('base', 'Upload: token is invalid or has expired', 'InvalidValue');
}
