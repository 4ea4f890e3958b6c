import type { RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import { SECOND } from '../../src/domain/time.ts';
import { UploadAnswer } from './answers.ts';
import { callZendesk } from './client.ts';
import { withEnding } from './files.ts';
import type { UploadWrite } from './writes.ts';

/** What Zendesk commonly takes; an account that takes less says so. */
const MAX_BYTES = 50 * 1024 * 1024;
const TIMEOUT_MS = 60 * SECOND;

/**
 * Brings a file of the app user's to Zendesk, where it waits for its comment.
 * @throws {Refused} when it cannot be had or is not taken: the message then goes as text and link.
 * @see https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/#upload-files
 */
export async function upload(write: UploadWrite, api: Api): Promise<RemoteRef> {
  const { bytes, mediaType = 'application/octet-stream' } = await api.download(write.url, {
    maxBytes: MAX_BYTES,
    timeoutMs: TIMEOUT_MS,
  });
  const name = withEnding(write.name, mediaType);
  const { body } = await callZendesk(
    api,
    {
      method: 'POST',
      path: `/api/v2/uploads?filename=${encodeURIComponent(name)}`,
      body: bytes,
      headers: { 'content-type': mediaType },
      timeoutMs: TIMEOUT_MS,
    },
    UploadAnswer,
  );
  return { ids: [], token: body.upload.token };
}
