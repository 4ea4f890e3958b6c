import type { RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import { DestinationGone, Refused, Unavailable } from '../system-error.ts';
import { FileAnswer, Nothing, UploadAnswer } from './answers.ts';
import { labelOf } from './channels.ts';
import { callSlack, trySlack } from './client.ts';
import { oneLine } from './text.ts';
import type { ShareWrite, UploadWrite } from './writes.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';

/** What is larger appears as a link. */
const LARGEST = 50 * 1024 * 1024;

/**
 * Fetches a file from where the app user's client left it, and brings it to Slack, where nobody sees it before it is shared.
 * @see https://docs.slack.dev/messaging/working-with-files#upload
 */
export async function upload(write: UploadWrite, api: Api): Promise<RemoteRef> {
  const { bytes, mediaType } = await api.download(write.url, { maxBytes: LARGEST, timeoutMs: 30 * SECOND });
  if (bytes.length === 0) throw new Refused('the file is empty');
  const args = { filename: fileName(write, mediaType), length: bytes.length };
  const call = { method: 'files.getUploadURLExternal', args, writes: false, scopes: write.scopes };
  const { body } = await callSlack(api, call, UploadAnswer).catch(asRefusal);
  const sent = await api.request({
    method: 'POST',
    url: body.upload_url,
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
    writes: false,
    timeoutMs: MINUTE,
  });
  if (sent.status !== 200) throw new Unavailable(`Slack answers ${sent.status} to the bytes of a file`, { status: sent.status });
  return { ids: [], token: body.file_id };
}

/** Shows an uploaded file in the channel. */
export async function share(write: ShareWrite, api: Api): Promise<RemoteRef> {
  const args = {
    files: [{ id: write.file, title: write.title }],
    channel_id: write.channel,
    initial_comment: write.comment,
  };
  const call = { method: 'files.completeUploadExternal', args, writes: true, scopes: write.scopes, inThread: true };
  await callSlack(api, call, Nothing).catch(asRefusal);
  return shareRef(write);
}

/** Slack shares after it has answered; where a file is shown stands with the file. */
export async function findShare(write: ShareWrite, api: Api): Promise<RemoteRef | undefined> {
  const call = { method: 'files.info', args: { file: write.file }, writes: false, scopes: ['files'] };
  const found = await trySlack(api, call, FileAnswer, ['file_not_found', 'file_deleted']);
  if (typeof found === 'string') return undefined;
  const { shares } = found.body.file;
  const isShown = shares?.public?.[write.channel] !== undefined || shares?.private?.[write.channel] !== undefined;
  return isShown ? shareRef(write) : undefined;
}

const shareRef = ({ file, channel, keeps }: ShareWrite): RemoteRef => ({
  ids: [`file ${file}`],
  data: keeps,
  label: labelOf(channel),
});

/** A workspace that takes no files takes links. */
function asRefusal(error: unknown): never {
  if (error instanceof DestinationGone) throw new Refused(error.message, { cause: error });
  throw error;
}

/** Slack knows the kind of a file by the end of its name. */
function fileName({ url }: UploadWrite, mediaType: string | undefined): string {
  const inUrl = oneLine(decode(URL.parse(url)?.pathname.split('/').at(-1) ?? '').replaceAll(/[/\\]/g, '-'), 2_000).slice(-200);
  const ending = mediaType?.split('/')[1]?.replace(/[^a-z0-9].*$/, '') ?? 'bin';
  return /\.[a-z0-9]{1,8}$/i.test(inUrl) ? inUrl : `file.${ending}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
