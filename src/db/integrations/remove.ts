import type { AppId, IntegrationId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';

/**
 * Ends an integration: nothing more goes to it, and its account's workflow is to remove what is ours there.
 * @returns the account to wake, or `undefined` when the app has no such integration.
 */
export const removeIntegration = (
  db: Db,
  { app, id, now }: { readonly app: AppId; readonly id: IntegrationId; readonly now: number },
): Promise<{ readonly system: string; readonly key: string } | undefined> =>
  db.transaction().execute(async (tx) => {
    const removed = await tx
      .updateTable('integrations')
      .set({ status: 'removing', progress: null, problem: null })
      .where('app_id', '=', app)
      .where('id', '=', id)
      .where('status', '!=', 'removed')
      .returning('account_id')
      .executeTakeFirst();
    if (removed === undefined) return undefined;
    await tx
      .updateTable('destinations')
      .set({ removed_at: now })
      .where('integration_id', '=', id)
      .where('removed_at', 'is', null)
      .execute();
    return await tx
      .selectFrom('accounts')
      .select(['system', 'key'])
      .where('id', '=', removed.account_id)
      .executeTakeFirstOrThrow();
  });
