import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/** What app users write on. Goes with its user, also when a version erases that user that knows nothing of devices. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(TABLE).execute(db);
}

const TABLE = `
create table devices (
  app_user_id text not null references app_users on delete cascade,
  id text not null,                                -- the app's own
  platform text not null,
  app_version text,
  info jsonb not null default '{}',
  linked_at bigint not null,
  last_seen bigint not null,
  primary key (app_user_id, id)
)`;
