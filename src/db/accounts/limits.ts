import { sql } from 'kysely';
import type { Rate } from '../../../activities/business-system.ts';
import type { MissedCall, Slot, TakeSlot } from '../../../activities/limit-store.ts';
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
 * out in the order of asking, so conversations take turns. While an account is out of order, whoever asks when a probe is due is
 * the probe, and all others queue up behind it at the usual pace.
 */
export async function takeSlot(db: Db, take: TakeSlot): Promise<Slot> {
  const rateOf = (scope: string): Rate | undefined => take.rates[scope] ?? take.rates[scope.slice(0, scope.indexOf(':') + 1)];
  const scopes = take.scopes.filter((scope) => rateOf(scope) !== undefined).toSorted();
  const intervals = scopes.map((scope) => Math.round(rateOf(scope)?.intervalMs ?? 0));
  const bursts = scopes.map((scope) => rateOf(scope)?.burst ?? 0);
  const result = await sql<{ at: number | null; probes: boolean | null; is_paused: boolean | null }>`
    with asked as (
      select * from unnest(${scopes}::text[], ${intervals}::bigint[], ${bursts}::bigint[]) as a (scope, step, burst)
    ), taken as (
      insert into account_limits as l (account_id, scope, next_at)
      select ${take.account}, scope, ${take.now}::bigint + step from asked order by scope
      on conflict (account_id, scope) do update
      set next_at = greatest(l.next_at, ${take.now}::bigint, case when l.probes_at > ${take.now} then l.probes_at end)
          + (select step from asked where asked.scope = l.scope),
        probed_at = case when l.probes_at <= ${take.now} then ${take.now}::bigint end,
        probes_at = case when l.probes_at <= ${take.now} then ${take.now + PROBE_EVERY_MS}::bigint else l.probes_at end
      returning l.scope, l.next_at, l.probes_at, l.probed_at, l.misses
    )
    select max(case
        when taken.probed_at is not null then taken.probed_at
        when taken.probes_at is not null then taken.next_at - asked.step
        else taken.next_at - asked.step - greatest(asked.burst - 1, 0) * asked.step end) as at,
      bool_or(taken.probed_at is not null or taken.misses > 0) as probes,
      bool_or(taken.probes_at is not null and taken.probed_at is null) as is_paused
    from taken join asked using (scope)`.execute(db);
  const row = result.rows[0];
  return { at: Math.max(row?.at ?? take.now, take.now), scopes, probes: row?.probes ?? false, isPaused: row?.is_paused ?? false };
}

/** Whether a slot that was given out for later may be used now: not while the account is out of order. */
export async function isSlotGood(db: Db, account: AccountId, scopes: readonly string[]): Promise<boolean> {
  const result = await sql<{ is_paused: boolean }>`
    select exists (
      select from account_limits
      where account_id = ${account} and scope = any (${[...scopes]}::text[]) and probes_at is not null
    ) as is_paused`.execute(db);
  return result.rows[0]?.is_paused === false;
}

/** The system said no: nobody calls before `until`, then one call at a time probes. */
export async function pauseLimit(db: Db, account: AccountId, scope: string, until: number): Promise<void> {
  await sql`
    insert into account_limits as l (account_id, scope, next_at, probes_at) values (${account}, ${scope}, ${until}, ${until})
    on conflict (account_id, scope) do update set probes_at = greatest(l.probes_at, excluded.probes_at)`.execute(db);
}

/**
 * Nobody answered. From a run of misses on nobody calls for a while, and for twice as long after each probe that is missed, too.
 * What was under way when the pause began says nothing new.
 */
export async function missLimit(db: Db, missed: MissedCall): Promise<void> {
  await sql`
    update account_limits
    set misses = misses + 1,
      probed_at = case when misses + 1 < ${MISSES} then probed_at end,
      probes_at = case when misses + 1 < ${MISSES} then probes_at
        else ${missed.now}::bigint + least(${FIRST_PAUSE_MS} * 2 ^ least(misses + 1 - ${MISSES}, 20), ${LONGEST_PAUSE_MS})::bigint end
    where account_id = ${missed.account} and scope = any (${[...missed.scopes]}::text[])
      and (misses < ${MISSES} or probed_at <= ${missed.began}::bigint)`.execute(db);
}

/** A call was answered: no pause any more. Those who queued up meanwhile keep their turns. */
export async function passLimit(db: Db, account: AccountId, scopes: readonly string[]): Promise<void> {
  await sql`
    update account_limits set probes_at = null, probed_at = null, misses = 0
    where account_id = ${account} and scope = any (${[...scopes]}::text[]) and (probes_at is not null or misses > 0)`.execute(db);
}
