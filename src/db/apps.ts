import { randomBytes } from 'node:crypto';
import { toId } from '../domain/ids.ts';
import type { AppId } from '../domain/ids.ts';
import { newToken } from '../secrets.ts';
import type { Vault } from '../secrets.ts';
import type { Db } from './db.ts';
import { newId } from './new-id.ts';
import type { SealedColumn } from './sealed.ts';

/** A key as it is shown once, to whoever made it. */
export interface NewKey {
  readonly keyId: string;
  /** Signs tokens, or is the password of Basic authentication. Kept sealed. */
  readonly secret: string;
}

/** A key that a request was made with. */
export interface AppKey {
  readonly id: string;
  /** Absent: the key is of account scope and good for all apps. */
  readonly app: AppId | undefined;
  readonly secret: string;
}

const purpose = (keyId: string): string => `key/${keyId}`;
export const sealedKeys: SealedColumn = { table: 'app_keys', column: 'secret', id: 'id', purpose };

/** Makes an app, with a key that belongs to it alone. */
export const createApp = (db: Db, vault: Vault, name: string, now: number): Promise<NewKey & { readonly appId: AppId }> =>
  db.transaction().execute(async (tx) => {
    const appId = newId<AppId>();
    await tx.insertInto('apps').values({ id: appId, name, created_at: now }).execute();
    return { appId, ...(await createKey(tx, vault, { app: appId, name, now })) };
  });

/** Makes sure that an app and its key exist, with ids and secret that somebody keeps elsewhere. */
export const ensureApp = (
  db: Db,
  vault: Vault,
  app: { readonly appId: AppId; readonly keyId: string; readonly secret: string; readonly name: string; readonly now: number },
): Promise<void> =>
  db.transaction().execute(async (tx) => {
    const { appId, keyId, name, now: created_at } = app;
    await tx
      .insertInto('apps')
      .values({ id: appId, name, created_at })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const secret = vault.seal(app.secret, purpose(keyId));
    await tx
      .insertInto('app_keys')
      .values({ id: keyId, app_id: appId, secret, name, created_at })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });

/** Makes a key of account scope: good for all apps, which its requests must name. */
export const createAccountKey = (db: Db, vault: Vault, name: string, now: number): Promise<NewKey> =>
  createKey(db, vault, { app: undefined, name, now });

/** The app of that id, as it stands in a path. */
export async function findApp(db: Db, id: string): Promise<{ readonly id: AppId; readonly name: string } | undefined> {
  return await db
    .selectFrom('apps')
    .select(['id', 'name'])
    .where('id', '=', toId<AppId>(id))
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
}

/** The key of that id, with its secret opened. */
export async function findKey(db: Db, vault: Vault, id: string): Promise<AppKey | undefined> {
  const row = await db.selectFrom('app_keys').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  return { id: row.id, app: row.app_id ?? undefined, secret: vault.open(row.secret, purpose(row.id)) };
}

/** The keys of an app, oldest first, without their secrets. */
export const listKeys = (
  db: Db,
  app: AppId,
): Promise<readonly { readonly id: string; readonly name: string; readonly created_at: number }[]> =>
  db
    .selectFrom('app_keys')
    .select(['id', 'name', 'created_at'])
    .where('app_id', '=', app)
    .orderBy('created_at')
    .orderBy('id')
    .execute();

/** Makes one more key of an app. */
export const createAppKey = (db: Db, vault: Vault, key: { readonly app: AppId; readonly name: string; readonly now: number }) =>
  createKey(db, vault, key);

/** Ends a key: requests that are made with it are refused from now on. @returns its name, if there was one. */
export async function revokeKey(db: Db, app: AppId, id: string): Promise<string | undefined> {
  const revoked = await db
    .deleteFrom('app_keys')
    .where('app_id', '=', app)
    .where('id', '=', id)
    .returning('name')
    .executeTakeFirst();
  return revoked?.name;
}

async function createKey(
  db: Db,
  vault: Vault,
  key: { readonly app: AppId | undefined; readonly name: string; readonly now: number },
): Promise<NewKey> {
  const keyId = `${key.app === undefined ? 'act' : 'app'}_${randomBytes(12).toString('hex')}`;
  const secret = newToken();
  await db
    .insertInto('app_keys')
    .values({
      id: keyId,
      app_id: key.app ?? null,
      secret: vault.seal(secret, purpose(keyId)),
      name: key.name,
      created_at: key.now,
    })
    .execute();
  return { keyId, secret };
}
