import { sql } from 'kysely';
import { MINUTE } from '../../domain/time.ts';
import type { Db } from '../db.ts';

export interface SweptAccount {
  readonly system: string;
  readonly key: string;
}

/**
 * Claims accounts whose workflow seems not to run: something is wanted of them and not done for a minute, or they have not been
 * asked for changes for twice as long as usual. Temporal may have lost them.
 */
export async function sweepAccounts(db: Db, now: number): Promise<readonly SweptAccount[]> {
  const result = await sql<SweptAccount>`
    update accounts a set swept_at = ${now}
    where a.swept_at <= ${now - MINUTE}::bigint and exists (
      select from integrations i where i.account_id = a.id and (
        i.status in ('connecting', 'removing')
        or (i.status = 'connected' and greatest(coalesce(a.polled_until, 0), a.swept_at, i.connecting_since) <= ${now - 20 * MINUTE}::bigint)
      )
    )
    returning a.system, a.key`.execute(db);
  return result.rows;
}
