import { sql } from 'kysely';
import type { AppId, WebhookId } from '../../domain/ids.ts';
import type { Vault } from '../../secrets.ts';
import { json } from '../db.ts';
import type { Db } from '../db.ts';
import { putGrant } from '../accounts/grants.ts';
import { accountData, newWebhookSecret, webhookColumns } from './create.ts';
import type { WebhookSettings } from './create.ts';
import { findWebhook } from './read.ts';
import type { StoredWebhook } from './read.ts';

/**
 * Changes a webhook; what it is to be follows from what it is. One that was parked is thereby repaired: what waits for it is
 * delivered (rule R8).
 * @returns whether there is such a webhook.
 */
export const updateWebhook = (
  db: Db,
  vault: Vault,
  { app, id }: { readonly app: AppId; readonly id: WebhookId },
  change: (webhook: StoredWebhook) => WebhookSettings,
): Promise<boolean> =>
  db.transaction().execute(async (tx) => {
    await tx.selectFrom('webhooks').select('id').where('id', '=', id).forNoKeyUpdate().execute();
    const webhook = await findWebhook(tx, vault, app, id);
    if (webhook === undefined) return false;
    const settings = change(webhook);
    await tx.updateTable('webhooks').set(webhookColumns(settings)).where('id', '=', id).execute();
    await tx
      .updateTable('accounts')
      .set({ data: json(accountData(settings)) })
      .where('id', '=', webhook.account)
      .execute();
    await sql`
      update destinations set label = ${settings.label}, takes = ${[...settings.takes]},
        generation = case when parked_generation >= generation then parked_generation + 1 else generation end,
        failing_since = case when parked_generation >= generation then null else failing_since end
      where id = ${webhook.destination}`.execute(tx);
    return true;
  });

/** Ends a webhook. Its ledger stays; its secret goes. @returns whether there was one. */
export const removeWebhook = (db: Db, app: AppId, id: WebhookId, now: number): Promise<boolean> =>
  db.transaction().execute(async (tx) => {
    const removed = await tx
      .updateTable('webhooks')
      .set({ removed_at: now })
      .where('app_id', '=', app)
      .where('id', '=', id)
      .where('removed_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (removed === undefined) return false;
    const destinations = await tx
      .updateTable('destinations')
      .set({ removed_at: now })
      .where('webhook_id', '=', id)
      .returning('account_id')
      .execute();
    for (const { account_id } of destinations) await tx.deleteFrom('grants').where('account_id', '=', account_id).execute();
    return true;
  });

/** Gives a webhook a new secret. @returns it, to be shown once; or `undefined` when the app has no such webhook. */
export async function renewWebhookSecret(
  db: Db,
  vault: Vault,
  { app, id, now }: { readonly app: AppId; readonly id: WebhookId; readonly now: number },
): Promise<string | undefined> {
  const webhook = await findWebhook(db, vault, app, id);
  if (webhook === undefined) return undefined;
  const secret = newWebhookSecret();
  await putGrant(db, vault, webhook.account, { credentials: { secret } }, now);
  return secret;
}
