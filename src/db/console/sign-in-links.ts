import { DAY } from '../../domain/time.ts';
import { hashToken, newToken } from '../../secrets.ts';
import type { Db } from '../db.ts';

/** How long a link is good for. */
const LINK_MS = DAY;

/**
 * Makes a link's token, which is good once. A new one from whoever operates the servers takes the place of the one before.
 * @param createdBy an administrator's e-mail address.
 */
export async function createSignInLink(db: Db, createdBy: string | undefined, now: number): Promise<string> {
  const token = newToken();
  await db.transaction().execute(async (tx) => {
    await tx
      .deleteFrom('sign_in_links')
      .where((e) => e.or([e('expires_at', '<=', now), ...(createdBy === undefined ? [e('created_by', 'is', null)] : [])]))
      .execute();
    await tx
      .insertInto('sign_in_links')
      .values({ hash: hashToken(token), created_by: createdBy ?? null, created_at: now, expires_at: now + LINK_MS })
      .execute();
  });
  return token;
}

/** Whether a link may still be used. */
export async function isSignInLink(db: Db, token: string, now: number): Promise<boolean> {
  const link = await db
    .selectFrom('sign_in_links')
    .select('hash')
    .where('hash', '=', hashToken(token))
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return link !== undefined;
}

/** Uses a link up. @returns whether it was good. */
export async function takeSignInLink(db: Db, token: string, now: number): Promise<boolean> {
  const taken = await db
    .deleteFrom('sign_in_links')
    .where('hash', '=', hashToken(token))
    .where('expires_at', '>', now)
    .returning('hash')
    .executeTakeFirst();
  return taken !== undefined;
}
