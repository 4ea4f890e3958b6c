import { sql } from 'kysely';
import type { RawBuilder, Selectable } from 'kysely';
import type { AppId, AppUserId, ConversationId } from '../domain/ids.ts';
import { toId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { isUniqueViolation, json } from './db.ts';
import type { Db } from './db.ts';
import { newId } from './new-id.ts';
import type { AppUserRow, ConversationRow } from './schema.ts';

/** An app user with the one conversation that is theirs. */
export type StoredUser = Selectable<AppUserRow> &
  Pick<Selectable<ConversationRow>, 'last_seq' | 'unread_count' | 'app_user_last_read' | 'app_maker_last_read'> & {
    readonly conversation: ConversationId;
  };

/** Of an app user, what can be set. `null` clears; what is absent stays as it is. */
export interface Profile {
  readonly givenName?: string | null;
  readonly surname?: string | null;
  readonly email?: string | null;
  readonly avatarUrl?: string | null;
  /** Epoch milliseconds. */
  readonly signedUpAt?: number | null;
  /** Merged into what is there; a `null` in it removes one. */
  readonly properties?: JsonObject | null;
}

export interface NewAppUser {
  readonly app: AppId;
  readonly userId: string;
  readonly profile: Profile;
  readonly now: number;
}

/**
 * Makes an app user, together with their conversation.
 * @returns `undefined` when the app has a user of that name already.
 */
export async function createAppUser(db: Db, user: NewAppUser): Promise<AppUserId | undefined> {
  const id = newId<AppUserId>();
  const { app, userId, profile, now } = user;
  try {
    await db.transaction().execute(async (tx) => {
      await tx
        .insertInto('app_users')
        .values({
          id,
          app_id: app,
          user_id: userId,
          ...columnsOf(profile),
          properties: withoutNulls(json(profile.properties ?? {})),
          created_at: now,
        })
        .execute();
      await tx.insertInto('conversations').values({ id: newId(), app_id: app, app_user_id: id }).execute();
    });
    return id;
  } catch (error) {
    if (isUniqueViolation(error, 'app_users_app_id_user_id_key')) return undefined;
    throw error;
  }
}

/** Finds an app user by our id or by the app's own name for them; where both fit somebody, by our id. */
export async function findAppUser(db: Db, app: AppId, name: string): Promise<StoredUser | undefined> {
  return await db
    .selectFrom('app_users as u')
    .innerJoin('conversations as c', 'c.app_user_id', 'u.id')
    .selectAll('u')
    .select(['c.id as conversation', 'c.last_seq', 'c.unread_count', 'c.app_user_last_read', 'c.app_maker_last_read'])
    .where('u.app_id', '=', app)
    .where((e) => e.or([e('u.id', '=', toId<AppUserId>(name)), e('u.user_id', '=', name)]))
    .orderBy((e) => e('u.id', '=', toId<AppUserId>(name)), 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** The app's user of that name, as they are, or the one that is made with it now. */
export async function keepAppUser(db: Db, user: NewAppUser): Promise<{ readonly id: AppUserId; readonly isNew: boolean }> {
  const known = await findByUserId(db, user);
  if (known !== undefined) return { id: known, isNew: false };
  const made = await createAppUser(db, user);
  if (made !== undefined) return { id: made, isNew: true };
  const other = await findByUserId(db, user);
  if (other === undefined) throw new Error('an app user is neither there nor can they be made');
  return { id: other, isNew: false };
}

async function findByUserId(db: Db, { app, userId }: NewAppUser): Promise<AppUserId | undefined> {
  const row = await db
    .selectFrom('app_users')
    .select('id')
    .where('app_id', '=', app)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row?.id;
}

/** Changes what is given and leaves the rest. */
export async function updateAppUser(db: Db, id: AppUserId, profile: Profile): Promise<void> {
  const { properties } = profile;
  const merged = properties !== undefined && {
    properties: properties === null ? json({}) : withoutNulls(sql<JsonObject>`app_users.properties || ${json(properties)}`),
  };
  const changes = { ...columnsOf(profile), ...merged };
  if (Object.keys(changes).length === 0) return;
  await db.updateTable('app_users').set(changes).where('id', '=', id).execute();
}

const withoutNulls = (properties: RawBuilder<JsonObject>): RawBuilder<JsonObject> =>
  sql<JsonObject>`jsonb_strip_nulls(${properties})`;

function columnsOf(profile: Profile) {
  const { givenName, surname, email, avatarUrl, signedUpAt } = profile;
  return {
    ...(givenName !== undefined && { given_name: givenName }),
    ...(surname !== undefined && { surname }),
    ...(email !== undefined && { email }),
    ...(avatarUrl !== undefined && { avatar_url: avatarUrl }),
    ...(signedUpAt !== undefined && { signed_up_at: signedUpAt }),
  };
}
