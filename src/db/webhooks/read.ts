import type { Selectable } from 'kysely';
import type { AccountId, AppId, DestinationId, WebhookId } from '../../domain/ids.ts';
import type { Vault } from '../../secrets.ts';
import { readGrant } from '../accounts/grants.ts';
import type { Db } from '../db.ts';
import type { WebhookRow } from '../schema.ts';

/** A webhook of an app with the account and the destination that stand behind it. */
export type StoredWebhook = Selectable<WebhookRow> & {
  readonly account: AccountId;
  readonly destination: DestinationId;
  /** What the receiver knows our requests by. */
  readonly secret: string;
};

/** The app's webhooks, oldest first. */
export async function listWebhooks(db: Db, vault: Vault, app: AppId): Promise<readonly StoredWebhook[]> {
  const rows = await select(db).where('w.app_id', '=', app).orderBy('w.created_at').orderBy('w.id').execute();
  const webhooks: StoredWebhook[] = [];
  for (const row of rows) webhooks.push(await withSecret(db, vault, row));
  return webhooks;
}

/** One webhook of the app, unless it was removed. */
export async function findWebhook(db: Db, vault: Vault, app: AppId, id: WebhookId): Promise<StoredWebhook | undefined> {
  const row = await select(db).where('w.app_id', '=', app).where('w.id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : await withSecret(db, vault, row);
}

const select = (db: Db) =>
  db
    .selectFrom('webhooks as w')
    .innerJoin('destinations as d', 'd.webhook_id', 'w.id')
    .selectAll('w')
    .select(['d.id as destination', 'd.account_id as account'])
    .where('w.removed_at', 'is', null);

async function withSecret(db: Db, vault: Vault, row: Omit<StoredWebhook, 'secret'>): Promise<StoredWebhook> {
  const grant = await readGrant(db, vault, row.account);
  const secret = grant?.credentials['secret'];
  return { ...row, secret: typeof secret === 'string' ? secret : '' };
}
