import type { RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import { UserAnswer } from './answers.ts';
import { callZendesk } from './client.ts';
import { detailsDigest } from './digest.ts';
import { unlessRefused } from '../unless-refused.ts';
import { isMadeFor, readCustomer } from './users.ts';
import type { DetailsWrite } from './writes.ts';

/**
 * Tells in the details of an end user whom we made what they write on. Details that somebody else wrote, or changed, stay.
 * @see https://developer.zendesk.com/api-reference/ticketing/users/users/
 */
export async function putDetails({ user, externalId, text, former, hash }: DetailsWrite, api: Api): Promise<RemoteRef> {
  const found = await readCustomer(user, api);
  const there = found?.details ?? '';
  if (found !== undefined && isMadeFor(found, externalId) && (there.trim() === '' || detailsDigest(there) === former)) {
    const body = { user: { details: text } };
    const call = { method: 'PUT', path: `/api/v2/users/${user}`, body, scopes: ['users'] } as const;
    await unlessRefused(() => callZendesk(api, call, UserAnswer));
  }
  return { ids: [], person: user, profileHash: hash };
}
