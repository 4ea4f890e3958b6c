import type { Outcome } from '../../../activities/inbound.ts';
import type { AccountId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';
import { profileOf } from '../profile-of.ts';

/** Whose thread it is, if it is one of a conversation whose app is connected. */
export async function aboutThread(db: Db, account: AccountId, remoteId: string): Promise<Outcome['thread']> {
  const thread = await db
    .selectFrom('threads as t')
    .innerJoin('destinations as d', 'd.id', 't.destination_id')
    .innerJoin('apps', 'apps.id', 'd.app_id')
    .select(['t.conversation_id', 'apps.name'])
    .where('t.account_id', '=', account)
    .where('t.remote_id', '=', remoteId)
    .where('t.state', 'in', ['open', 'closed'])
    .where('d.removed_at', 'is', null)
    .executeTakeFirst();
  if (thread === undefined) return undefined;
  const { conversation_id: conversation, name: appName } = thread;
  return { appName, conversation, appUser: await profileOf(db, conversation) };
}
