import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { AdministratorId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';
import { newId } from '../new-id.ts';
import type { ConsoleSchema } from './schema.ts';

/** Somebody who may use the console. */
export type Administrator = Omit<Selectable<ConsoleSchema['administrators']>, 'password'>;

const COLUMNS = ['id', 'email', 'created_at', 'signed_in_at'] as const;

/** All of them, the first one first. */
export const listAdministrators = (db: Db): Promise<readonly Administrator[]> =>
  db.selectFrom('administrators').select(COLUMNS).orderBy('created_at').orderBy('id').execute();

/** The administrator of that address, with the hash of the password. */
export const findAdministrator = (db: Db, email: string): Promise<(Administrator & { readonly password: string }) | undefined> =>
  db
    .selectFrom('administrators')
    .selectAll()
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .executeTakeFirst();

export const readAdministrator = (db: Db, id: AdministratorId): Promise<Administrator & { readonly password: string }> =>
  db.selectFrom('administrators').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

/** Makes an administrator, or gives the one of that address a new password, which ends their sessions. */
export const keepAdministrator = (
  db: Db,
  { email, password, now }: { readonly email: string; readonly password: string; readonly now: number },
): Promise<AdministratorId> =>
  db.transaction().execute(async (tx) => {
    const kept = await sql<{ id: AdministratorId }>`
      insert into administrators (id, email, password, created_at) values (${newId()}, ${email}, ${password}, ${now})
      on conflict (lower(email)) do update set password = excluded.password
      returning id`.execute(tx);
    const [row] = kept.rows;
    if (row === undefined) throw new Error('an administrator was not kept');
    await tx.deleteFrom('console_sessions').where('administrator_id', '=', row.id).execute();
    return row.id;
  });

/** Makes the first administrator. Where there is one, nothing changes. */
export async function ensureFirstAdministrator(
  db: Db,
  { email, password, now }: { readonly email: string; readonly password: string; readonly now: number },
): Promise<boolean> {
  const result = await sql`
    insert into administrators (id, email, password, created_at)
    select ${newId()}, ${email}, ${password}, ${now} where not exists (select from administrators)
    on conflict do nothing`.execute(db);
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** Takes somebody's access away, at once. The last one stays. @returns whether they went. */
export const removeAdministrator = (db: Db, id: AdministratorId): Promise<boolean> =>
  db.transaction().execute(async (tx) => {
    const all = await tx.selectFrom('administrators').select('id').orderBy('id').forUpdate().execute();
    if (all.length < 2) return false;
    const removed = await tx.deleteFrom('administrators').where('id', '=', id).returning('id').executeTakeFirst();
    return removed !== undefined;
  });

export async function noteSignIn(db: Db, id: AdministratorId, now: number): Promise<void> {
  await db.updateTable('administrators').set({ signed_in_at: now }).where('id', '=', id).execute();
}
