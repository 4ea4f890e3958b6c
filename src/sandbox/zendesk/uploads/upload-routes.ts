import { type Answer, json, noContent, Refusal } from '../../answer.ts';
import { type ApiRoute, type Call } from '../call.ts';
import { invalidField, recordNotFound } from '../problem.ts';
import { attachmentJson, attachments } from './attachment.ts';
import { addUpload, removeUpload, uploaded } from './upload.ts';

/** `/api/v2/uploads` and `/api/v2/attachments`. No scope of their own. */
export const uploadRoutes: readonly ApiRoute[] = [
  { method: 'POST', path: '/uploads', allowed: 'agent', answer: upload },
  {
    method: 'DELETE',
    path: '/uploads/:token',
    allowed: 'agent',
    async answer(call) {
      await removeUpload(call.session, call.params.token ?? '');
      return noContent();
    },
  },
  {
    method: 'GET',
    path: '/attachments/:id',
    allowed: 'agent',
    async answer(call) {
      const attachment = await call.session.store.get(attachments, call.params.id ?? '');
      if (!attachment) throw recordNotFound();
      return json(200, { attachment: attachmentJson(call.url, attachment) });
    },
  },
];

async function upload(call: Call): Promise<Answer> {
  const { query, body, headers } = call.exchange;
  const fileName = query.get('filename');
  if (!fileName) throw invalidField('filename', 'Filename: cannot be blank', 'BlankValue');
  if (body.length > call.session.state.settings.maxUploadBytes) {
    throw new Refusal(json(413, { error: 'AttachmentTooLarge', description: 'The file is larger than this account allows' }));
  }
  const contentType = headers['content-type'] ?? 'application/octet-stream';
  refuseMismatch(fileName, contentType);
  const added = await addUpload(call.session, { fileName, contentType, bytes: body, token: query.get('token') });
  const all = await uploaded(call.session, added.token);
  return json(201, {
    upload: {
      token: added.token,
      attachment: attachmentJson(call.url, added.attachment),
      attachments: all.map((attachment) => attachmentJson(call.url, attachment)),
    },
  });
}

const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'application/pdf': ['pdf'],
};

/** The ending of the name must fit the type, where both are well known. */
function refuseMismatch(fileName: string, contentType: string): void {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const extension = fileName.split('.').at(-1)?.toLowerCase() ?? '';
  const expected = EXTENSIONS[type];
  if (!expected || expected.includes(extension)) return;
  throw invalidField('filename', `Filename: ${fileName} does not fit the content type ${type}`, 'InvalidValue');
}
