import type { AccountRef } from '../../../activities/account-store.ts';
import type { AppId, IntegrationId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import { json } from '../db.ts';
import type { Db } from '../db.ts';

/** An integration whose settings are looked at or changed. */
export interface SettledIntegration {
  readonly system: string;
  readonly settings: JsonObject;
  readonly account: AccountRef;
}

/** The settings of an integration that has an account now. */
export async function readSettings(db: Db, app: AppId, id: IntegrationId): Promise<SettledIntegration | undefined> {
  const row = await db
    .selectFrom('integrations as i')
    .innerJoin('accounts as a', 'a.id', 'i.account_id')
    .select(['i.system', 'i.settings', 'a.id', 'a.key', 'a.data'])
    .where('i.app_id', '=', app)
    .where('i.id', '=', id)
    .where('i.status', 'in', ['connecting', 'connected'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { system, settings, ...account } = row;
  return { system, settings, account };
}

export async function writeSettings(db: Db, id: IntegrationId, settings: JsonObject): Promise<void> {
  await db
    .updateTable('integrations')
    .set({ settings: json(settings) })
    .where('id', '=', id)
    .execute();
}
