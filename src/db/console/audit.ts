import type { Selectable } from 'kysely';
import type { AppId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';
import type { ConsoleSchema } from './schema.ts';

/** Who did what. */
export interface Deed {
  readonly at: number;
  /** An e-mail address. */
  readonly who: string;
  readonly app?: AppId;
  /** In words, in the past tense: "created the key". */
  readonly action: string;
  /** What it was done to. Never a secret. */
  readonly subject: string;
}

export type AuditEntry = Selectable<ConsoleSchema['audit']> & { readonly app: string | null };

export async function noteDeed(db: Db, { app, ...deed }: Deed): Promise<void> {
  await db
    .insertInto('audit')
    .values({ ...deed, app_id: app ?? null })
    .execute();
}

/** The newest deeds, or those before one. @param before the id of the oldest one that was shown. */
export const listDeeds = (
  db: Db,
  { app, before, limit }: { readonly app: AppId | undefined; readonly before: number | undefined; readonly limit: number },
): Promise<readonly AuditEntry[]> => {
  let query = db
    .selectFrom('audit as d')
    .leftJoin('apps', 'apps.id', 'd.app_id')
    .selectAll('d')
    .select('apps.name as app')
    .orderBy('d.id', 'desc')
    .limit(limit);
  if (app !== undefined) query = query.where('d.app_id', '=', app);
  if (before !== undefined) query = query.where('d.id', '<', before);
  return query.execute();
};
