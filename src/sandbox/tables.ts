import { type ColumnType, type Generated, type Kysely, sql } from 'kysely';

type Big = ColumnType<string, number, number>;
type Jsonb = ColumnType<unknown, string, string>;

/** The sandbox's own tables. All vendors share them. */
export interface SandboxTables {
  /** One row an account of a vendor. Its row lock serialises what happens in the account. */
  sandbox_accounts: { vendor: string; name: string; ordinal: Generated<number>; next_id: Big; state: Jsonb };
  sandbox_documents: {
    vendor: string;
    account: string;
    kind: string;
    id: string;
    /** Documents that are listed together: the comments of a ticket. */
    in_group: string;
    /** What documents are also found by: an external id. Not unique. */
    lookup: string | null;
    position: Big;
    doc: Jsonb;
  };
  sandbox_bytes: { vendor: string; account: string; id: string; bytes: Buffer };
  sandbox_requests: {
    seq: Generated<string>;
    vendor: string;
    account: string;
    at: Big;
    method: string;
    path: string;
    status: number | null;
    answered: boolean;
    fault: string | null;
  };
  /** One row: by how much the clock has been set, in milliseconds. */
  sandbox_clock: { id: number; offset_ms: Big };
}

export type SandboxDb = Kysely<SandboxTables>;

const STATEMENTS = [
  sql`create table if not exists sandbox_accounts (
    vendor text not null, name text not null, ordinal integer generated always as identity,
    next_id bigint not null, state jsonb not null, primary key (vendor, name))`,
  sql`create table if not exists sandbox_documents (
    vendor text not null, account text not null, kind text not null, id text not null,
    in_group text not null, lookup text, position bigint not null, doc jsonb not null,
    primary key (vendor, account, kind, id))`,
  sql`create index if not exists sandbox_documents_in_group
    on sandbox_documents (vendor, account, kind, in_group, position)`,
  sql`create index if not exists sandbox_documents_position on sandbox_documents (vendor, kind, position)`,
  sql`create index if not exists sandbox_documents_lookup
    on sandbox_documents (vendor, account, kind, lookup) where lookup is not null`,
  sql`create table if not exists sandbox_bytes (
    vendor text not null, account text not null, id text not null, bytes bytea not null,
    primary key (vendor, account, id))`,
  sql`create table if not exists sandbox_requests (
    seq bigint generated always as identity primary key, vendor text not null, account text not null,
    at bigint not null, method text not null, path text not null, status integer, answered boolean not null, fault text)`,
  sql`create table if not exists sandbox_clock (id integer primary key check (id = 1), offset_ms bigint not null)`,
];

const LOCK = 7_264_801;

/** Creates what is missing. Safe to run at each start, also by two processes at once. */
export async function createTables(db: SandboxDb): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(trx);
    for (const statement of STATEMENTS) await statement.execute(trx);
  });
}
