import type { Selectable } from 'kysely';
import type { Comparison } from '../../../activities/account-store.ts';
import type { AppId, AppUserId, IntegrationId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';
import type { IntegrationRow } from '../schema.ts';

/** An integration as people see it. */
export type StoredIntegration = Pick<
  Selectable<IntegrationRow>,
  'id' | 'system' | 'status' | 'display_name' | 'progress' | 'problem'
> & {
  /** How its account differed from what is wanted when it was last looked at. */
  readonly comparison: Comparison | null;
};

const integrationsOf = (db: Db, app: AppId) =>
  db
    .selectFrom('integrations as i')
    .innerJoin('accounts as a', 'a.id', 'i.account_id')
    .select(['i.id', 'i.system', 'i.status', 'i.display_name', 'i.progress', 'i.problem', 'a.comparison'])
    .where('i.app_id', '=', app)
    .where('i.status', '!=', 'removed');

/** A part of the app's integrations, oldest first, and whether there are more. */
export async function listIntegrations(
  db: Db,
  app: AppId,
  part: { readonly systems: readonly string[] | undefined; readonly limit: number; readonly offset: number },
): Promise<{ readonly integrations: readonly StoredIntegration[]; readonly hasMore: boolean }> {
  let query = integrationsOf(db, app);
  if (part.systems !== undefined) query = query.where('i.system', 'in', part.systems.length === 0 ? [''] : [...part.systems]);
  const rows = await query
    .orderBy('i.created_at')
    .orderBy('i.id')
    .limit(part.limit + 1)
    .offset(part.offset)
    .execute();
  return { integrations: rows.slice(0, part.limit), hasMore: rows.length > part.limit };
}

/** One integration of the app, unless it was removed. */
export async function findIntegration(db: Db, app: AppId, id: IntegrationId): Promise<StoredIntegration | undefined> {
  return await integrationsOf(db, app).where('i.id', '=', id).executeTakeFirst();
}

/** The open threads of an app user in the systems that are connected now. */
export const openThreadsOf = (
  db: Db,
  appUser: AppUserId,
): Promise<readonly { readonly system: string; readonly remoteId: string }[]> =>
  db
    .selectFrom('threads as t')
    .innerJoin('conversations as c', 'c.id', 't.conversation_id')
    .innerJoin('destinations as d', 'd.id', 't.destination_id')
    .select(['d.system', 't.remote_id as remoteId'])
    .where('c.app_user_id', '=', appUser)
    .where('t.state', '=', 'open')
    .where('d.removed_at', 'is', null)
    .orderBy('t.created_at')
    .execute();
