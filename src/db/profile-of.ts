import type { AppUserProfile } from '../../activities/batch.ts';
import type { ConversationId } from '../domain/ids.ts';
import type { Db, Tx } from './db.ts';
import { devicesOf } from './devices.ts';

/** The app user whose conversation it is, as business systems see them. */
export async function profileOf(db: Db | Tx, conversation: ConversationId): Promise<AppUserProfile> {
  const user = await db
    .selectFrom('conversations as c')
    .innerJoin('app_users as u', 'u.id', 'c.app_user_id')
    .selectAll('u')
    .select(['c.last_seq', devicesOf('u.id').as('devices')])
    .where('c.id', '=', conversation)
    .executeTakeFirstOrThrow();
  return {
    id: user.id,
    userId: user.user_id ?? undefined,
    givenName: user.given_name ?? undefined,
    surname: user.surname ?? undefined,
    email: user.email ?? undefined,
    avatarUrl: user.avatar_url ?? undefined,
    properties: user.properties,
    signedUpAt: user.signed_up_at === null ? undefined : new Date(user.signed_up_at).toISOString(),
    conversationStarted: user.last_seq > 0,
    devices: user.devices,
  };
}
