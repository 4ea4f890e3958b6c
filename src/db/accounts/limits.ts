import { sql } from 'kysely';
import type { Rate } from '../../../activities/business-system.ts';
import type { Slot } from '../../../activities/limit-store.ts';
import type { AccountId } from '../../domain/ids.ts';
import { HOUR, SECOND } from '../../domain/time.ts';
import type { Db } from '../db.ts';

/** While an account is out of order, one call in so many milliseconds finds out whether it still is. */
const PROBE_EVERY_MS = 15 * SECOND;
/** So many calls in a row that nobody answered mean that the account is out of order, */
const MISSES = 5;
/** and it is left alone for so long at first, and at most. */
const FIRST_PAUSE_MS = 15 * SECOND;
const LONGEST_PAUSE_MS = HOUR;

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
  const result = await sql<{ at: number | null; probes: boolean | null; is_paused: boolean | null }>`
    with asked as (
      select * from unnest(${scopes}::text[], ${intervals}::bigint[], ${bursts}::bigint[]) as a (scope, step, burst)
    ), taken as (
      insert into account_limits as l (account_id, scope, next_at)
      select ${take.account}, scope, ${take.now}::bigint + step from asked order by scope
      on conflict (account_id, scope) do update
      set next_at = greatest(l.next_at, ${take.now}::bigint)
        + case when l.probing then ${PROBE_EVERY_MS} else (select step from asked where asked.scope = l.scope) end
      returning l.scope, l.next_at, l.probing, l.misses
    )
    select max(case when taken.probing then taken.next_at - ${PROBE_EVERY_MS}
        else taken.next_at - asked.step - greatest(asked.burst - 1, 0) * asked.step end) as at,
      bool_or(taken.probing or taken.misses > 0) as probes, bool_or(taken.probing) as is_paused
    from taken join asked using (scope)`.execute(db);
  const row = result.rows[0];
  return { at: Math.max(row?.at ?? take.now, take.now), scopes, probes: row?.probes ?? false, isPaused: row?.is_paused ?? false };
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

/** Nobody answered. From a run of misses on nobody calls for a while, and for twice as long after each probe that is missed, too. */
export async function missLimit(db: Db, account: AccountId, scopes: readonly string[], now: number): Promise<void> {
  await sql`
    update account_limits
    set misses = misses + 1,
      probing = probing or misses + 1 >= ${MISSES},
      next_at = case when misses + 1 >= ${MISSES}
        then greatest(next_at, ${now}::bigint + least(${FIRST_PAUSE_MS} * 2 ^ least(misses + 1 - ${MISSES}, 20), ${LONGEST_PAUSE_MS})::bigint)
        else next_at end
    where account_id = ${account} and scope = any (${[...scopes]}::text[])`.execute(db);
}

/** A probe came through: the usual pace again, from now on. */
export async function passLimit(db: Db, account: AccountId, scopes: readonly string[], now: number): Promise<void> {
  await sql`
    update account_limits set next_at = case when probing then ${now} else next_at end, probing = false, misses = 0
    where account_id = ${account} and scope = any (${[...scopes]}::text[]) and (probing or misses > 0)`.execute(db);
}
