import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/** Times are epoch milliseconds (bigint) everywhere: they come from our clock, not from the database's. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(TABLES).execute(db);
}

const TABLES = `
create table installation (
  only_row boolean primary key default true check (only_row),
  id text not null
);

create table apps (
  id text primary key,
  name text not null,
  created_at bigint not null
);

create table app_keys (
  id text primary key,
  app_id text references apps,                     -- null: an account-scoped key, for all apps
  secret text not null,                            -- sealed
  name text not null,
  created_at bigint not null
);

create table app_users (
  id text primary key,
  app_id text not null references apps,
  user_id text,                                    -- the app's own name for the user
  given_name text,
  surname text,
  email text,
  avatar_url text,
  signed_up_at bigint,
  properties jsonb not null default '{}',
  created_at bigint not null,
  unique (app_id, user_id)
);

create table conversations (
  id text primary key,
  app_id text not null references apps,
  app_user_id text not null unique references app_users,
  last_seq integer not null default 0,
  last_message_at bigint not null default 0,
  unread_count integer not null default 0,         -- agents' messages that the app user has not read
  app_user_last_read bigint,
  app_maker_last_read bigint
);

create table messages (
  id text primary key,
  conversation_id text not null references conversations,
  seq integer not null,
  role text not null,
  content jsonb not null,
  author jsonb not null,
  source jsonb not null,
  client_id text,
  accepted_at bigint not null,
  unique (conversation_id, seq),
  unique (conversation_id, client_id)
);

create table accounts (
  id text primary key,
  system text not null,
  key text not null,
  data jsonb not null default '{}',
  secrets text,                                    -- sealed
  polled_until bigint,
  swept_at bigint not null default 0,
  unique (system, key)
);

create table grants (
  account_id text primary key references accounts,
  version integer not null,
  credentials text not null,                       -- sealed
  expires_at bigint,
  renew_at bigint,
  rotating_until bigint
);

create table integrations (
  id text primary key,
  app_id text not null references apps,
  account_id text not null references accounts,
  system text not null,
  status text not null check (status in ('connecting', 'connected', 'removing', 'removed')),
  display_name text not null,
  settings jsonb not null default '{}',
  progress text,
  problem text,
  created_at bigint not null,
  connecting_since bigint not null,
  unique (app_id, account_id)
);

create table webhooks (
  id text primary key,
  app_id text not null references apps,
  target text not null,
  triggers text[] not null,
  version text not null,
  include_client boolean not null default false,
  include_full_app_user boolean not null default false,
  created_at bigint not null,
  removed_at bigint
);

create table destinations (
  id text primary key,
  app_id text not null references apps,
  account_id text not null references accounts,
  integration_id text references integrations,
  webhook_id text references webhooks,
  system text not null,
  label text not null,
  takes text[] not null,
  window_ms integer not null,
  removed_at bigint,
  generation integer not null default 1,
  parked_generation integer not null default 0,    -- parked while >= generation
  parked_reason text,
  parked_at bigint,
  failing_since bigint,
  created_at bigint not null
);
create index destinations_of_app on destinations (app_id) where removed_at is null;
create index destinations_of_account on destinations (account_id);

create table threads (
  id text primary key,
  account_id text not null references accounts,
  conversation_id text not null references conversations,
  destination_id text not null references destinations,
  remote_id text not null,
  label text not null,
  state text not null check (state in ('open', 'closed', 'gone', 'diverted')),
  data jsonb not null default '{}',
  version text,                                    -- the system's state that was fetched last
  cursor jsonb,
  dirty integer not null default 0,
  clean integer not null default 0,
  dirty_at bigint,
  rung_at bigint,
  until bigint,                                    -- not to be fetched before
  why jsonb,
  slot jsonb,
  failures integer not null default 0,
  failing_since bigint,
  writes bigint[] not null default '{}',           -- times of recent writes by others that count against the thread's limit
  created_at bigint not null,
  unique (account_id, remote_id)
);
create index threads_of_lane on threads (conversation_id, destination_id, created_at);
create unique index one_open_thread on threads (conversation_id, destination_id) where state = 'open';
create index threads_dirty on threads (dirty_at) where dirty > clean;

create table lanes (
  conversation_id text not null references conversations,
  destination_id text not null references destinations,
  rung_seq integer not null default 0,             -- the message that last rang
  heard_seq integer not null default 0,            -- the ring that got through
  taken_seq integer not null default 0,            -- what the last round's first transaction saw
  barren_seq integer not null default 0,           -- up to here a round found nothing that it could send
  swept_at bigint not null default 0,
  generation integer not null default 0,           -- the destination's, when a round last looked
  until bigint,                                    -- no round before this
  why jsonb,
  batch_id text,                                   -- the one open batch
  failures integer not null default 0,
  failing_since bigint,
  slot jsonb,
  primary key (conversation_id, destination_id)
);
create index lanes_of_destination on lanes (destination_id);
create index lanes_with_batch on lanes (batch_id) where batch_id is not null;

create table deliveries (
  conversation_id text not null references conversations,
  destination_id text not null references destinations,
  seq integer not null,
  state text not null check (state in ('waiting', 'sending', 'delivered', 'parked', 'dead')),
  form text not null default 'full' check (form in ('full', 'plain', 'missing')),
  batch_id text,
  problem text,
  accepted_at bigint not null,
  delivered_at bigint,
  primary key (conversation_id, destination_id, seq)
);
create index deliveries_undelivered on deliveries (conversation_id, destination_id, seq) where state in ('waiting', 'sending');

create table batches (
  id text primary key,
  conversation_id text not null references conversations,
  destination_id text not null references destinations,
  account_id text not null references accounts,
  role text not null,
  nonce text not null,
  seqs integer[] not null,                         -- as frozen; what is still in it stands in deliveries
  label text,                                      -- of the thread it went to
  is_planned boolean not null default false,
  result jsonb,                                    -- once settled
  opened_at bigint not null,
  settled_at bigint
);

create table effects (
  id text primary key,
  batch_id text not null references batches,
  account_id text not null references accounts,
  ordinal integer not null,
  key text not null,
  summary text not null,
  seqs integer[] not null,
  makes text,
  scopes text[] not null default '{}',
  repeatable boolean not null default false,
  state text not null check (state in ('planned', 'sent', 'done', 'void')),
  attempt integer not null default 0,
  write jsonb not null,
  bytes jsonb,
  first_sent_at bigint,
  start_by bigint,
  expires_at bigint,
  ref jsonb,
  done_at bigint
);
create index effects_of_batch on effects (batch_id, ordinal);
create unique index one_live_effect_a_key on effects (batch_id, key) where state <> 'void';

create table attempts (
  effect_id text not null references effects,
  attempt integer not null,
  at bigint not null,
  outcome text,
  primary key (effect_id, attempt)
);

create table remote_refs (
  account_id text not null references accounts,
  remote_id text not null,
  conversation_id text not null references conversations,
  effect_id text references effects,               -- we wrote it
  message_id text references messages,             -- or an agent did, and we took it in
  primary key (account_id, remote_id)
);

create table inbound_events (
  id bigint generated always as identity primary key,
  account_id text not null references accounts,
  key text not null,
  kind text not null,
  thread text,                                     -- the system's id
  remote_ids text[],
  body jsonb,
  state text not null check (state in ('applied', 'held', 'unmatched', 'dropped', 'ignored')),
  reason text,
  received_at bigint not null,
  unique (account_id, key)
);
create index inbound_open on inbound_events (account_id, thread) where state in ('held', 'unmatched');

create table people (
  account_id text not null references accounts,
  app_user_id text not null references app_users,
  remote_id text not null,
  profile_hash text not null,
  primary key (account_id, app_user_id)
);
create index people_by_remote on people (account_id, remote_id);

create table account_limits (
  account_id text not null references accounts,
  scope text not null,
  next_at bigint not null,
  probes_at bigint,                                -- left alone until then; null: all is well
  probed_at bigint,                                -- when the last probe was let through
  misses integer not null default 0,               -- calls in a row that nobody answered
  primary key (account_id, scope)
);

create table connect_states (
  hash text primary key,                           -- of a ticket, or of the state parameter that only the browser knows
  app_id text not null references apps,
  system text not null,
  input text not null,                             -- sealed
  browser_hash text,                               -- of the browser's cookie; null: a ticket
  integration_id text not null,                    -- what the integration was said to be called
  became text references integrations,             -- the one that was there already, or the new one
  expires_at bigint not null,
  used_at bigint
);
`;
