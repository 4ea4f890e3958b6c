import { sql } from 'kysely';
import type { Rate } from '../../../activities/business-system.ts';
import type { Slot } from '../../../activities/limit-store.ts';
import type { AccountId } from '../../domain/ids.ts';
import { SECOND } from '../../domain/time.ts';
import type { Db } from '../db.ts';

/** While an account is out of order, one call in so many milliseconds finds out whether it still is. */
const PROBE_EVERY_MS = 15 * SECOND;

/**
 * Takes the next free slot of an account in each of several limits; the latest of them counts.
 *
 * `next_at` runs ahead of the clock by one interval a slot; up to `burst` intervals ahead, a slot is free at once. Slots are handed
 * out in the order of asking, so conversations take turns.
 */
export async function takeSlot(
  db: Db,
  take: {
    readonly account: AccountId;
    readonly scopes: readonly string[];
    readonly rates: Readonly<Record<string, Rate>>;
    readonly now: number;
  },
): Promise<Slot> {
  const scopes = take.scopes.filter((scope) => take.rates[scope] !== undefined).toSorted();
  const intervals = scopes.map((scope) => take.rates[scope]?.intervalMs ?? 0);
  const bursts = scopes.map((scope) => take.rates[scope]?.burst ?? 0);
  const result = await sql<{ at: number | null; probes: boolean | null }>`
    with asked as (
      select * from unnest(${scopes}::text[], ${intervals}::bigint[], ${bursts}::bigint[]) as a (scope, step, burst)
    ), taken as (
      insert into account_limits as l (account_id, scope, next_at)
      select ${take.account}, scope, ${take.now}::bigint + step from asked order by scope
      on conflict (account_id, scope) do update
      set next_at = greatest(l.next_at, ${take.now}::bigint)
        + case when l.probing then ${PROBE_EVERY_MS} else (select step from asked where asked.scope = l.scope) end
      returning l.scope, l.next_at, l.probing
    )
    select max(case when taken.probing then taken.next_at - ${PROBE_EVERY_MS}
        else taken.next_at - asked.step - greatest(asked.burst - 1, 0) * asked.step end) as at,
      bool_or(taken.probing) as probes
    from taken join asked using (scope)`.execute(db);
  const row = result.rows[0];
  return { at: Math.max(row?.at ?? take.now, take.now), scopes, probes: row?.probes ?? false };
}

/** The system said no, or fell silent: nobody calls before `until`, then one call at a time probes. */
export async function pauseLimit(db: Db, account: AccountId, scope: string, until: number): Promise<void> {
  await sql`
    insert into account_limits as l (account_id, scope, next_at, probing) values (${account}, ${scope}, ${until}, true)
    on conflict (account_id, scope) do update
    set next_at = case when l.probing then greatest(l.next_at, excluded.next_at) else excluded.next_at end, probing = true`.execute(
    db,
  );
}

/** A probe came through: the usual pace again, from now on. */
export async function passLimit(db: Db, account: AccountId, scopes: readonly string[], now: number): Promise<void> {
  await sql`
    update account_limits set probing = false, next_at = ${now}
    where account_id = ${account} and scope = any (${[...scopes]}::text[]) and probing`.execute(db);
}
