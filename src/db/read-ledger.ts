import { sql } from 'kysely';
import type { Db } from './db.ts';

/** What is not delivered, of one system and in one state. */
export interface Undelivered {
  readonly system: string;
  /** `held`: the destination is parked or removed. `refused`: parked by itself, because the system does not take it. */
  readonly state: 'waiting' | 'sending' | 'held' | 'refused';
  readonly messages: number;
  readonly lanes: number;
  /** When the oldest was accepted, epoch milliseconds. */
  readonly oldest: number;
}

/** Reads what is not delivered. It costs with what is not delivered, not with what ever was. */
export const undeliveredQuery = () => sql<Undelivered>`
  with lane as (
    select conversation_id, destination_id, state, count(*) as messages, min(accepted_at) as oldest
    from deliveries where state in ('waiting', 'sending') group by 1, 2, 3
    union all
    select conversation_id, destination_id, state, count(*), min(accepted_at)
    from deliveries where state = 'parked' group by 1, 2, 3
  ), destination as (
    select destination_id, state, sum(messages) as messages, count(*) as lanes, min(oldest) as oldest from lane group by 1, 2
  )
  select d.system,
    case when l.state = 'parked' then 'refused'
      when d.removed_at is not null or d.parked_generation >= d.generation then 'held' else l.state end as state,
    sum(l.messages)::bigint as messages, sum(l.lanes)::bigint as lanes, min(l.oldest) as oldest
  from destination l join destinations d on d.id = l.destination_id
  group by 1, 2`;

/** Reads how many lanes of each system start no round before a later time, by the reason. */
export const waitingQuery = (now: number) => sql<{ system: string; reason: string; lanes: number }>`
  select d.system, coalesce(l.why ->> 'kind', 'none') as reason, count(*) as lanes
  from lanes l join destinations d on d.id = l.destination_id
  where l.until is not null and l.until > ${now}
  group by 1, 2`;

/** Reads how many destinations of each system a person must repair. */
export const parkedQuery = () => sql<{ system: string; destinations: number }>`
  select system, count(*) as destinations from destinations
  where removed_at is null and parked_generation >= generation
  group by 1`;

/** What the ledger says in numbers, read within two seconds or not at all. */
export const readLedger = (db: Db, now: number) =>
  db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = 2000`.execute(tx);
    const undelivered = await undeliveredQuery().execute(tx);
    const waiting = await waitingQuery(now).execute(tx);
    const parked = await parkedQuery().execute(tx);
    return { undelivered: undelivered.rows, waiting: waiting.rows, parked: parked.rows };
  });
