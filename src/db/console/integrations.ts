import { sql } from 'kysely';
import type { AccountId, AppId, ConversationId, DestinationId, IntegrationId, ThreadId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Db } from '../db.ts';
import type { IntegrationRow, ThreadRow } from '../schema.ts';

/** An integration with all that its pages tell. Times are epoch milliseconds. */
export interface IntegrationView {
  readonly id: IntegrationId;
  readonly system: string;
  readonly status: IntegrationRow['status'];
  readonly displayName: string;
  /** What is done at the account now, or went wrong there, in words. */
  readonly progress: string | null;
  readonly problem: string | null;
  readonly settings: JsonObject;
  readonly connectingSince: number;
  readonly account: AccountId;
  readonly accountKey: string;
  readonly accountData: JsonObject;
  /** What people should know of the account that no repair changes, as it was last seen. */
  readonly notices: readonly string[];
  readonly destination: DestinationId;
  /** Why it takes nothing until somebody repairs it, and since when. */
  readonly parkedReason: string | null;
  readonly parkedAt: number | null;
  readonly removedAt: number | null;
  /** How many messages wait for it, up to a thousand. */
  readonly held: number;
}

/** Larger numbers tell nobody more. */
const MOST_COUNTED = 10_000;

const view = sql`
  select i.id, i.system, i.status, i.display_name as "displayName", i.progress, i.problem, i.settings,
    i.connecting_since as "connectingSince", a.id as account, a.key as "accountKey", a.data as "accountData",
    coalesce(a.comparison -> 'notices', '[]') as notices,
    d.id as destination, d.removed_at as "removedAt",
    case when d.parked_generation >= d.generation then coalesce(d.parked_reason, 'it needs a repair') end as "parkedReason",
    case when d.parked_generation >= d.generation then d.parked_at end as "parkedAt",
    (select count(*) from (select from deliveries m where m.destination_id = d.id
      and m.state in ('waiting', 'sending', 'parked') limit 1000) held) as held
  from integrations i
  join accounts a on a.id = i.account_id
  join destinations d on d.integration_id = i.id`;

/** What the app is connected to, or was and still holds messages for; the oldest first. */
export async function listViews(db: Db, app: AppId): Promise<readonly IntegrationView[]> {
  const result = await sql<IntegrationView>`${view} where i.app_id = ${app} order by i.created_at, i.id`.execute(db);
  return result.rows.filter(({ status, held }) => status !== 'removed' || held > 0);
}

/** One integration of the app, also a removed one. */
export async function readView(db: Db, app: AppId, id: IntegrationId): Promise<IntegrationView | undefined> {
  const result = await sql<IntegrationView>`${view} where i.app_id = ${app} and i.id = ${id}`.execute(db);
  return result.rows[0];
}

/** How many other apps have the account connected. */
export async function countOthers(db: Db, app: AppId, account: AccountId): Promise<number> {
  const { count } = await db
    .selectFrom('integrations')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('account_id', '=', account)
    .where('app_id', '!=', app)
    .where('status', 'in', ['connecting', 'connected'])
    .executeTakeFirstOrThrow();
  return count;
}

/** A thread, and whose conversation it is. */
export interface ThreadView {
  readonly id: ThreadId;
  readonly label: string;
  readonly remoteId: string;
  readonly data: JsonObject;
  readonly state: ThreadRow['state'];
  readonly createdAt: number;
  readonly conversation: ConversationId;
  readonly user: string;
}

/** The newest threads of a destination. */
export async function listThreads(db: Db, destination: DestinationId, limit: number): Promise<readonly ThreadView[]> {
  const result = await sql<ThreadView>`
    select t.id, t.label, t.remote_id as "remoteId", t.data, t.state, t.created_at as "createdAt", c.id as conversation,
      coalesce(nullif(trim(concat_ws(' ', u.given_name, u.surname)), ''), u.user_id, 'Visitor') as "user"
    from threads t join conversations c on c.id = t.conversation_id join app_users u on u.id = c.app_user_id
    where t.destination_id = ${destination} order by t.created_at desc limit ${limit}`.execute(db);
  return result.rows;
}

/** How many threads are open there; up to ten thousand are looked at. */
export async function countOpenThreads(db: Db, destination: DestinationId): Promise<number> {
  const result = await sql<{ count: number }>`
    select count(*) filter (where state = 'open') as count from (
      select state from threads where destination_id = ${destination} order by created_at desc limit ${MOST_COUNTED}
    ) newest`.execute(db);
  return result.rows[0]?.count ?? 0;
}

/** A limit of an account that holds calls back now. */
export interface LimitView {
  readonly scope: string;
  /** Nobody calls before this. */
  readonly until: number;
  readonly isPaused: boolean;
}

/** The limits that make calls wait at least for a moment. */
export async function activeLimits(db: Db, account: AccountId, now: number): Promise<readonly LimitView[]> {
  const result = await sql<LimitView>`
    select scope, greatest(next_at, probes_at) as until, probes_at is not null as "isPaused"
    from account_limits where account_id = ${account} and greatest(next_at, probes_at) > ${now + 1_000}::bigint
    order by scope`.execute(db);
  return result.rows;
}

/** A write that did not succeed. */
export interface FailureView {
  readonly at: number;
  /** What was written: "add comment". */
  readonly summary: string;
  readonly said: string;
  readonly conversation: ConversationId;
}

/** What went wrong lately, of the destination's newest batches. */
export async function recentFailures(db: Db, destination: DestinationId, limit: number): Promise<readonly FailureView[]> {
  const result = await sql<FailureView>`
    select a.at, e.summary, a.outcome as said, b.conversation_id as conversation
    from (select id, conversation_id from batches where destination_id = ${destination} order by opened_at desc limit 200) b
    cross join lateral (select id, summary from effects where batch_id = b.id offset 0) e
    cross join lateral (select at, outcome from attempts where effect_id = e.id and outcome <> 'done' offset 0) a
    order by a.at desc limit ${limit}`.execute(db);
  return result.rows;
}
