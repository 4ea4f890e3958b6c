import { type Answer, text } from '../../answer.ts';
import type { Exchange } from '../../exchange.ts';
import { channels, sees } from '../channels/channel.ts';
import { installations } from '../apps/installation.ts';
import { tokens } from '../oauth/token.ts';
import type { SlackReading, SlackSession } from '../workspace/session.ts';
import { files } from './file.ts';

/** Takes the bytes of a file that was announced: `POST /upload/v1/<team>/<secret>`, bare or as the first part of a form. */
export async function takeBytes(session: SlackSession, exchange: Exchange, upload: string): Promise<Answer> {
  const [file] = await session.store.byLookup(files, upload);
  if (!file || file.state !== 'announced') return text(404, 'NOT FOUND');
  const bytes = bytesOf(exchange);
  if (bytes.length !== file.size) return text(400, `expected ${file.size} bytes, got ${bytes.length}`);
  await session.store.putBytes(file.id, bytes);
  await session.store.put(files, { ...file, state: 'uploaded' });
  return text(200, `OK - ${bytes.length}`);
}

function bytesOf({ headers, body }: Exchange): Buffer {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return body;
  const start = body.indexOf('\r\n\r\n');
  const end = body.indexOf(`\r\n--${boundary}`, start + 4);
  return body.subarray(start + 4, end);
}

/** A file's bytes, for a token with `files:read` that sees where it was shared. Others are shown a page, with 200, as at Slack. */
export async function fileBytes(reading: SlackReading, exchange: Exchange, id: string): Promise<Answer> {
  const file = await reading.store.get(files, id);
  const bytes = file && (await reading.store.bytes(file.id));
  if (!file || !bytes) return text(404, 'not found');
  if (!(await mayRead(reading, exchange, id))) {
    return {
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: '<!DOCTYPE html><title>Sign in | Slack</title>',
    };
  }
  return bytesAnswer(file.mimetype, file.name, bytes);
}

export const bytesAnswer = (type: string, name: string, bytes: Buffer): Answer => ({
  status: 200,
  headers: {
    'content-type': type,
    'content-disposition': `inline; filename*=UTF-8''${encodeURIComponent(name)}`,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  },
  body: bytes,
});

async function mayRead({ store }: SlackReading, exchange: Exchange, id: string): Promise<boolean> {
  const sent = /^Bearer\s+(\S+)$/i.exec(exchange.headers.authorization ?? '')?.[1];
  const token = sent === undefined ? undefined : await store.get(tokens, sent);
  if (token?.state !== 'live') return false;
  const installation = token.app_id === null ? undefined : await store.get(installations, token.app_id);
  if (!(token.scopes ?? installation?.scopes ?? []).includes('files:read')) return false;
  const file = await store.get(files, id);
  const shared = await store.getMany(
    channels,
    (file?.shares ?? []).map(({ channel }) => channel),
  );
  return file?.user === token.user_id || shared.some((channel) => sees(channel, token.user_id));
}
