import { findAppUser } from '../../db/app-users.ts';
import { readDevices } from '../../db/devices.ts';
import type { AppId, AppUserId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import { wireAppUser } from '../../domain/wire.ts';
import type { ApiDeps } from '../deps.ts';
import { toWireUser } from './wire-user.ts';

/** An app user who is there, whole, as they are now. */
export async function showUser({ db }: ApiDeps, app: AppId, id: AppUserId): Promise<JsonObject> {
  const user = await findAppUser(db, app, id);
  if (user === undefined) throw new Error(`an app user that was just there is not there [appUser=${id}]`);
  return wireAppUser(toWireUser(user, await readDevices(db, id)));
}
