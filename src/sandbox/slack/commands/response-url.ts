import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Answer, text } from '../../answer.ts';
import { type Exchange, parsedBody } from '../../exchange.ts';
import type { Kind } from '../../store.ts';
import { channels } from '../channels/channel.ts';
import { installations } from '../apps/installation.ts';
import { members } from '../members/member.ts';
import type { Place } from '../workspace/place.ts';
import { speak } from './speak.ts';

const responseUrlSchema = z.object({
  secret: z.string(),
  app_id: z.string(),
  channel: z.string(),
  user: z.string(),
  uses: z.number(),
  expires_at: z.number(),
});
type ResponseUrl = z.infer<typeof responseUrlSchema>;

export const responseUrls: Kind<ResponseUrl> = {
  name: 'response-url',
  schema: responseUrlSchema,
  id: (row) => row.secret,
  position: (row) => row.expires_at,
};

/** Makes the address at which an app can answer a command for a while. */
export async function newResponseUrl(place: Place, to: Pick<ResponseUrl, 'app_id' | 'channel' | 'user'>): Promise<string> {
  const { session, url } = place;
  const secret = randomBytes(18).toString('base64url');
  await session.store.put(responseUrls, {
    ...to,
    secret,
    uses: 0,
    expires_at: session.now + session.state.settings.responseUrlMs,
  });
  return `${url}/commands/${session.account}/${secret}`;
}

/** Answers a post to a response URL: five within thirty minutes. */
export async function useResponseUrl(place: Place, exchange: Exchange, secret: string): Promise<Answer> {
  const { session } = place;
  const { store, now, state } = session;
  const row = await store.get(responseUrls, secret);
  if (!row || row.expires_at <= now) return text(404, 'expired_url');
  if (row.uses >= state.settings.responseUrlUses) return text(404, 'used_url');
  const channel = await store.get(channels, row.channel);
  const user = await store.get(members, row.user);
  const installation = await store.get(installations, row.app_id);
  if (!channel || channel.deleted || !user || !installation?.installed) return text(404, 'expired_url');
  let body: unknown;
  try {
    body = parsedBody(exchange);
  } catch {
    return text(400, 'invalid_payload');
  }
  const spoken = await speak(place, { channel, user, installation }, body);
  if (spoken !== 'ok') return text(400, spoken);
  await store.put(responseUrls, { ...row, uses: row.uses + 1 });
  return text(200, 'ok');
}
