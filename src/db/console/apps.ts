import { sql } from 'kysely';
import type { AppId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';
import { isThere } from './held-back.ts';

/** An app as the list of apps shows it. */
export interface AppCard {
  readonly id: AppId;
  readonly name: string;
  readonly created_at: number;
  /** How people call what is connected. */
  readonly systems: readonly { readonly label: string; readonly isWell: boolean }[];
  /** When somebody last said something, epoch ms; 0 before anybody did. */
  readonly lastMessageAt: number;
}

/** All apps, the oldest first. */
export async function listApps(db: Db): Promise<readonly AppCard[]> {
  const result = await sql<AppCard>`
    select a.id, a.name, a.created_at,
      coalesce((select max(c.last_message_at) from conversations c where c.app_id = a.id), 0) as "lastMessageAt",
      coalesce((
        select jsonb_agg(jsonb_build_object('label', i.display_name,
          'isWell', i.problem is null and d.parked_generation < d.generation) order by i.created_at)
        from integrations i join destinations d on d.integration_id = i.id
        where i.app_id = a.id and i.status in ('connecting', 'connected')
      ), '[]') as systems
    from apps a where a.deleted_at is null order by a.created_at, a.id`.execute(db);
  return result.rows;
}

export async function renameApp(db: Db, id: AppId, name: string): Promise<void> {
  await db.updateTable('apps').set({ name }).where('id', '=', id).execute();
}

/** Larger numbers tell nobody more. */
export const MOST_COUNTED = 5_000;

/** What goes with an app; up to five thousand conversations and messages are counted. */
export interface AppHoldings {
  readonly conversations: number;
  readonly undelivered: number;
  readonly integrations: number;
  readonly webhooks: number;
  readonly keys: number;
}

/** Counts what would be lost with an app. */
export async function countHoldings(db: Db, app: AppId): Promise<AppHoldings> {
  const result = await sql<AppHoldings>`
    select
      (select count(*) from (select from conversations where app_id = ${app} order by last_message_at desc limit ${MOST_COUNTED})
        newest) as conversations,
      (select count(*) from (select from destinations d join deliveries m on m.destination_id = d.id
        where d.app_id = ${app} and m.state in ('waiting', 'sending', 'parked')
          and ${isThere} limit ${MOST_COUNTED}) held) as undelivered,
      (select count(*) from integrations where app_id = ${app} and status <> 'removed') as integrations,
      (select count(*) from webhooks where app_id = ${app} and removed_at is null) as webhooks,
      (select count(*) from app_keys where app_id = ${app}) as keys`.execute(db);
  const [row] = result.rows;
  if (row === undefined) throw new Error('a count without a row');
  return row;
}

/** Ends an app: its keys are no good any more, nothing goes to its webhooks, nobody finds it. Its rows go in the background. */
export const endApp = (db: Db, app: AppId, now: number): Promise<void> =>
  db.transaction().execute(async (tx) => {
    await tx.updateTable('apps').set({ deleted_at: now }).where('id', '=', app).execute();
    await tx.deleteFrom('app_keys').where('app_id', '=', app).execute();
    await tx.updateTable('webhooks').set({ removed_at: now }).where('app_id', '=', app).where('removed_at', 'is', null).execute();
    await tx
      .updateTable('destinations')
      .set({ removed_at: now })
      .where('app_id', '=', app)
      .where('removed_at', 'is', null)
      .execute();
  });
