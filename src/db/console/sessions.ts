import type { AdministratorId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';

/** Somebody is signed in. */
export interface Session {
  /** Of the token that only the browser has. */
  readonly hash: string;
  readonly administrator: AdministratorId;
  readonly email: string;
  readonly expiresAt: number;
  /** What the next page says once; sealed. */
  readonly flash: string | undefined;
}

/** Begins a session; those that have ended are forgotten. */
export async function putSession(
  db: Db,
  session: { readonly hash: string; readonly administrator: AdministratorId; readonly now: number; readonly expiresAt: number },
): Promise<void> {
  const { hash, administrator, now, expiresAt } = session;
  await db.deleteFrom('console_sessions').where('expires_at', '<=', now).execute();
  await db
    .insertInto('console_sessions')
    .values({ hash, administrator_id: administrator, created_at: now, expires_at: expiresAt, flash: null })
    .execute();
}

/** The session of that token, unless it has ended. */
export async function findSession(db: Db, hash: string, now: number): Promise<Session | undefined> {
  const row = await db
    .selectFrom('console_sessions as s')
    .innerJoin('administrators as a', 'a.id', 's.administrator_id')
    .select(['s.hash', 'a.id', 'a.email', 's.expires_at', 's.flash'])
    .where('s.hash', '=', hash)
    .where('s.expires_at', '>', now)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { hash, administrator: row.id, email: row.email, expiresAt: row.expires_at, flash: row.flash ?? undefined };
}

export async function prolongSession(db: Db, hash: string, expiresAt: number): Promise<void> {
  await db.updateTable('console_sessions').set({ expires_at: expiresAt }).where('hash', '=', hash).execute();
}

export async function setFlash(db: Db, hash: string, flash: string | null): Promise<void> {
  await db.updateTable('console_sessions').set({ flash }).where('hash', '=', hash).execute();
}

export async function endSession(db: Db, hash: string): Promise<void> {
  await db.deleteFrom('console_sessions').where('hash', '=', hash).execute();
}
