import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
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

/** So much sooner a limit may let a call through than another one, for a slot to be taken there already. */
const NEAR_MS = 2 * SECOND;

/**
 * Takes the next free slot of an account in each of several limits; the latest of them counts.
 *
 * `next_at` runs ahead of the clock by one interval a slot; up to `burst` intervals ahead, a slot is free at once. Slots are handed
 * out in the order of asking, so conversations take turns. A limit is taken of no earlier than the faster ones let the call
 * through: calls that queue up for those would else arrive at a slower one all together. Where a slower one lets it through much
 * later, a limit is left for then: a slot taken now would keep others from calling, for a call that cannot be made yet. While an
 * account is out of order, whoever asks when a probe is due is the probe, and all others queue up behind it at the usual pace.
 */
export async function takeSlot(db: Db, take: TakeSlot): Promise<Slot> {
  const limits = limitsOf(take);
  if (limits.length === 0) return { at: take.now, scopes: [], later: [], probes: false, isPaused: false };
  const result = await sql<TakenRow>`
    with ${freeOf(take, limits)}, ${sql.join(limits.map((_, place) => takenOf(take, limits, place)))}
    select (select at from ${turn(limits.length - 1)}) as at, array_agg(scope order by scope) as scopes,
      bool_or(probes) as probes, bool_or(is_paused) as is_paused
    from (${sql.join(
      limits.map((_, place) => sql`select scope, probes, is_paused from ${taken(place)}`),
      sql` union all `,
    )}) as taken`.execute(db);
  const row = result.rows[0];
  if (row === undefined) throw new Error(`limits: nothing was taken [account=${take.account}]`);
  const later = limits.map(({ scope }) => scope).filter((scope) => !row.scopes.includes(scope));
  return { at: row.at, scopes: row.scopes, later, probes: row.probes, isPaused: row.is_paused };
}

interface TakenRow {
  readonly at: number;
  readonly scopes: readonly string[];
  readonly probes: boolean;
  readonly is_paused: boolean;
}

interface ScopeLimit {
  readonly scope: string;
  readonly stepMs: number;
  readonly burst: number;
}

/** The fastest first. */
function limitsOf({ scopes, rates }: TakeSlot): readonly ScopeLimit[] {
  const limits = scopes.flatMap((scope) => {
    const rate = rates[scope] ?? rates[scope.slice(0, scope.indexOf(':') + 1)];
    return rate === undefined ? [] : [{ scope, stepMs: Math.round(rate.intervalMs), burst: rate.burst }];
  });
  return limits.toSorted((a, b) => a.stepMs - b.stepMs || (a.scope < b.scope ? -1 : 1));
}

const taken = (place: number): RawBuilder<unknown> => sql.id(`taken_${place}`);
const turn = (place: number): RawBuilder<unknown> => sql.id(`turn_${place}`);
const free = (place: number): RawBuilder<unknown> => sql.id(`free_${place}`);

/** How many intervals' worth of slots are free at once, beside the next. */
const slackOf = ({ stepMs, burst }: ScopeLimit): number => Math.max(burst - 1, 0) * stepMs;

/** When each limit lets the next call through. Locks their rows, in the order that all do: speeds are learnt, and change. */
const freeOf = (
  { account, scopes, now }: TakeSlot,
  limits: readonly ScopeLimit[],
): RawBuilder<unknown> => sql`free as materialized (
    select ${sql.join(
      limits.map(
        (limit, place) => sql`max(case
          when scope <> ${limit.scope} then null
          when probes_at is null then next_at - ${slackOf(limit)}::bigint
          when probes_at > ${now} then greatest(next_at, probes_at) end) as ${free(place)}`,
      ),
    )}
    from ${lockedLimits(account, scopes)} as locked
  )`;

/** Takes of one limit, unless a slower one is far away. `turn` is when the limits up to this one let the call through. */
function takenOf({ account, now }: TakeSlot, limits: readonly ScopeLimit[], place: number): RawBuilder<unknown> {
  const limit = limits[place];
  if (limit === undefined) throw new RangeError(`limits: there is no place ${place}`);
  const step = sql`${limit.stepMs}::bigint`;
  const from = place === 0 ? sql`(select ${now}::bigint as at)` : turn(place - 1);
  return sql`${taken(place)} as (
    insert into account_limits as l (account_id, scope, next_at)
    select ${account}, ${limit.scope}, earlier.at + ${step} from ${from} as earlier ${unlessFar(now, limits, place)}
    on conflict (account_id, scope) do update
    set next_at = greatest(l.next_at, excluded.next_at - ${step}, case when l.probes_at > ${now} then l.probes_at end) + ${step},
      probed_at = case when l.probes_at <= ${now} then ${now}::bigint end,
      probes_at = case when l.probes_at <= ${now} then ${now + PROBE_EVERY_MS}::bigint else l.probes_at end
    returning scope, greatest((select at from ${from} as earlier), case
        when probed_at is not null then probed_at
        when probes_at is not null then next_at - ${step}
        else next_at - ${step} - ${slackOf(limit)}::bigint end) as at,
      probed_at is not null or misses > 0 as probes,
      probes_at is not null and probed_at is null as is_paused
  ), ${turn(place)} as (select coalesce((select at from ${taken(place)}), (select at from ${from} as earlier)) as at)`;
}

function unlessFar(now: number, limits: readonly ScopeLimit[], place: number): RawBuilder<unknown> {
  const slower = limits.slice(place + 1).map((_, after) => free(place + 1 + after));
  if (slower.length === 0) return sql``;
  const soon = sql`greatest(${free(place)}, ${now}::bigint) + ${NEAR_MS}::bigint`;
  return sql`cross join free where greatest(${now}::bigint, ${sql.join(slower)}) <= ${soon}`;
}

/** Rows of an account's limits, locked by name: whoever locks several does so in one order. */
const lockedLimits = (account: AccountId, scopes: readonly string[]): RawBuilder<unknown> => sql`(
    select scope, next_at, probes_at from account_limits
    where account_id = ${account} and scope = any (${[...scopes]}::text[]) order by scope for update
  )`;

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
    where account_id = ${missed.account} and scope in (select scope from ${lockedLimits(missed.account, missed.scopes)} as locked)
      and (misses < ${MISSES} or probed_at <= ${missed.began}::bigint)`.execute(db);
}

/** A call was answered: no pause any more. Those who queued up meanwhile keep their turns. */
export async function passLimit(db: Db, account: AccountId, scopes: readonly string[]): Promise<void> {
  await sql`
    update account_limits set probes_at = null, probed_at = null, misses = 0
    where account_id = ${account} and scope in (select scope from ${lockedLimits(account, scopes)} as locked)
      and (probes_at is not null or misses > 0)`.execute(db);
}
