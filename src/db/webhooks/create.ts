import { randomBytes } from 'node:crypto';
import type { AccountId, AppId, DestinationId, WebhookId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Role } from '../../domain/message.ts';
import type { Vault } from '../../secrets.ts';
import { putGrant } from '../accounts/grants.ts';
import { json } from '../db.ts';
import type { Db, Tx } from '../db.ts';
import { newId } from '../new-id.ts';

/** What a webhook is to be. */
export interface WebhookSettings {
  readonly target: string;
  readonly triggers: readonly string[];
  /** Whose messages these triggers are about. */
  readonly takes: readonly Role[];
  /** Of the payload: that of the path it was made under. */
  readonly version: 'v1' | 'v1.1';
  readonly includeClient: boolean;
  readonly includeFullAppUser: boolean;
  /** How people call it. */
  readonly label: string;
}

export interface NewWebhook extends WebhookSettings {
  readonly app: AppId;
  readonly windowMs: number;
  readonly now: number;
}

/** An app has no more webhooks than this. */
export const MOST_WEBHOOKS = 10;

/**
 * Makes a webhook: the account, grant and destination of the system `app` that it is delivered through.
 * @returns `undefined` when the app has as many as it may have.
 */
export const createWebhook = (db: Db, vault: Vault, webhook: NewWebhook): Promise<WebhookId | undefined> =>
  db.transaction().execute(async (tx) => {
    if (!(await hasRoom(tx, webhook.app))) return undefined;
    const id = newId<WebhookId>();
    const account = newId<AccountId>();
    await tx
      .insertInto('webhooks')
      .values({ id, app_id: webhook.app, ...webhookColumns(webhook), version: webhook.version, created_at: webhook.now })
      .execute();
    await tx
      .insertInto('accounts')
      .values({ id: account, system: 'app', key: id, data: json(accountData(webhook)) })
      .execute();
    await putGrant(tx, vault, account, { credentials: { secret: newWebhookSecret() } }, webhook.now);
    await tx
      .insertInto('destinations')
      .values({
        id: newId<DestinationId>(),
        app_id: webhook.app,
        account_id: account,
        webhook_id: id,
        system: 'app',
        label: webhook.label,
        takes: [...webhook.takes],
        window_ms: webhook.windowMs,
        created_at: webhook.now,
      })
      .execute();
    return id;
  });

/** What a receiver knows our requests by. */
export const newWebhookSecret = (): string => randomBytes(30).toString('hex');

export const webhookColumns = (webhook: WebhookSettings) => ({
  target: webhook.target,
  triggers: [...webhook.triggers],
  include_client: webhook.includeClient,
  include_full_app_user: webhook.includeFullAppUser,
});

/** What deliveries read of it. */
export const accountData = (webhook: WebhookSettings): JsonObject => ({
  target: webhook.target,
  version: webhook.version,
  includeClient: webhook.includeClient,
  includeFullAppUser: webhook.includeFullAppUser,
});

/** The lock on the app's row makes those who create at the same time count one after another. */
async function hasRoom(tx: Tx, app: AppId): Promise<boolean> {
  await tx.selectFrom('apps').select('id').where('id', '=', app).forNoKeyUpdate().execute();
  const { count } = await tx
    .selectFrom('webhooks')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('app_id', '=', app)
    .where('removed_at', 'is', null)
    .executeTakeFirstOrThrow();
  return count < MOST_WEBHOOKS;
}
