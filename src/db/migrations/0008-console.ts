import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/** What the web console keeps, and the indexes that its pages read by. Only adds: the running version notices nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(TABLES).execute(db);
  await sql.raw(INDEXES).execute(db);
}

const TABLES = `
create table administrators (
  id text primary key,
  email text not null,
  password text not null,                          -- scrypt, with its parameters and salt
  created_at bigint not null,
  signed_in_at bigint
);
create unique index administrators_by_email on administrators (lower(email));

create table sign_in_links (
  hash text primary key,                           -- of the token in the link
  created_by text,                                 -- an administrator's e-mail address; null: whoever operates the servers
  created_at bigint not null,
  expires_at bigint not null
);

create table console_sessions (
  hash text primary key,                           -- of the token in the cookie
  administrator_id text not null references administrators on delete cascade,
  created_at bigint not null,
  expires_at bigint not null,
  flash text                                       -- sealed: what the next page says once
);
create index console_sessions_of on console_sessions (administrator_id);

create table audit (
  id bigint generated always as identity primary key,
  at bigint not null,
  who text not null,                               -- e-mail address: it outlives the administrator
  app_id text,
  action text not null,
  subject text not null
);
create index audit_of_app on audit (app_id, id desc);

create table retries (
  destination_id text primary key references destinations,
  total integer not null,                          -- how many messages were held when somebody asked
  began_at bigint not null
);

alter table apps add column deleted_at bigint;     -- its rows are erased in the background
`;

const INDEXES = `
create index app_keys_of_app on app_keys (app_id);
create index apps_deleted on apps (id) where deleted_at is not null;
create index app_users_by_name on app_users (app_id, lower(coalesce(given_name, '') || ' ' || coalesce(surname, '')) text_pattern_ops);
create index app_users_by_surname on app_users (app_id, lower(surname) text_pattern_ops);
create index app_users_by_email on app_users (app_id, lower(email) text_pattern_ops);
create index app_users_by_user_id on app_users (app_id, lower(user_id) text_pattern_ops);
create index conversations_recent on conversations (app_id, last_message_at desc, id desc);
create index deliveries_held on deliveries (destination_id, conversation_id, seq) where state in ('waiting', 'sending', 'parked');
create index deliveries_refused on deliveries (conversation_id, destination_id, seq) where state = 'parked';
create index lanes_in_trouble on lanes (destination_id, conversation_id) where why is not null;
create index threads_of_destination on threads (destination_id, created_at desc);
create index batches_of_lane on batches (conversation_id, destination_id, opened_at);
create index batches_of_destination on batches (destination_id, opened_at desc);
create index remote_refs_of_conversation on remote_refs (conversation_id);
create index integrations_of_account on integrations (account_id);
create index webhooks_of_app on webhooks (app_id) where removed_at is null;
create index destinations_of_integration on destinations (integration_id) where integration_id is not null;
create index destinations_of_webhook on destinations (webhook_id) where webhook_id is not null;
`;
