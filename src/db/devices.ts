import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Device } from '../domain/device.ts';
import type { AppUserId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { json } from './db.ts';
import type { Db, Tx } from './db.ts';

/** So many devices of an app user are kept. */
export const MOST_DEVICES = 10;

/** Of a device, what can be told. `null` clears; what is absent stays as it is; `info` is replaced whole. */
export interface DeviceChange {
  readonly platform?: string;
  readonly appVersion?: string | null;
  readonly info?: JsonObject;
}

/** A device of one app user. */
export interface DeviceName {
  readonly user: AppUserId;
  readonly id: string;
}

/** For a query: the devices of the app user whose id stands in that column, the one that was heard of first in front. */
export const devicesOf = (column: string): RawBuilder<readonly Device[]> => sql<readonly Device[]>`(
  select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', d.id, 'platform', d.platform, 'appVersion', d.app_version,
    'info', d.info, 'linkedAt', d.linked_at, 'lastSeen', d.last_seen)) order by d.linked_at, d.id), '[]')
  from devices d where d.app_user_id = ${sql.ref(column)})`;

export async function readDevices(db: Db, user: AppUserId): Promise<readonly Device[]> {
  const row = await db
    .selectFrom('app_users as u')
    .select(devicesOf('u.id').as('devices'))
    .where('u.id', '=', user)
    .executeTakeFirst();
  return row?.devices ?? [];
}

/**
 * Keeps what is told of a device, and that it was heard of. Of too many, those that were not heard of for the longest time go.
 * @returns `false` when the device is new and its platform is not told: nothing has changed.
 */
export const keepDevice = (db: Db, { user, id }: DeviceName, change: DeviceChange, now: number): Promise<boolean> =>
  db.transaction().execute(async (tx) => {
    // One at a time, or two new ones would not see each other and be one too many.
    await tx.selectFrom('app_users').select('id').where('id', '=', user).forNoKeyUpdate().execute();
    const { platform, appVersion, info } = change;
    const told = {
      ...(platform !== undefined && { platform }),
      ...(appVersion !== undefined && { app_version: appVersion }),
      ...(info !== undefined && { info: json(info) }),
      last_seen: now,
    };
    const known = await tx
      .updateTable('devices')
      .set(told)
      .where('app_user_id', '=', user)
      .where('id', '=', id)
      .returning('id')
      .execute();
    if (known.length > 0) return true;
    if (platform === undefined) return false;
    await makeRoom(tx, user);
    await tx
      .insertInto('devices')
      .values({ ...told, platform, app_user_id: user, id, linked_at: now })
      .execute();
    return true;
  });

const makeRoom = (tx: Tx, user: AppUserId) =>
  sql`delete from devices where app_user_id = ${user} and id not in (
    select id from devices where app_user_id = ${user} order by last_seen desc, linked_at desc, id limit ${MOST_DEVICES - 1}
  )`.execute(tx);

/** Notes that a device was heard of. @returns its platform, if it is known. */
export async function seeDevice(db: Db, { user, id }: DeviceName, now: number): Promise<string | undefined> {
  const seen = await db
    .updateTable('devices')
    .set({ last_seen: now })
    .where('app_user_id', '=', user)
    .where('id', '=', id)
    .returning('platform')
    .executeTakeFirst();
  return seen?.platform;
}

/** Forgets a device. @returns whether it was there. */
export async function removeDevice(db: Db, { user, id }: DeviceName): Promise<boolean> {
  const removed = await db.deleteFrom('devices').where('app_user_id', '=', user).where('id', '=', id).executeTakeFirst();
  return removed.numDeletedRows > 0n;
}
