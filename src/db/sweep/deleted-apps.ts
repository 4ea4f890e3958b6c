import { sql } from 'kysely';
import type { Db } from '../db.ts';

/** So many conversations are erased at a time: nobody waits for the locks. */
const AT_ONCE = 50;

/**
 * Erases a part of what is left of deleted apps, once nothing of theirs is left at the vendors. Several processes may do so at once.
 * @returns whether there was something.
 */
export async function eraseDeletedApps(db: Db): Promise<boolean> {
  const app = await sql<{ id: string }>`
    select id from apps a where deleted_at is not null
      and not exists (select from integrations i where i.app_id = a.id and i.status <> 'removed') limit 1`.execute(db);
  const id = app.rows[0]?.id;
  if (id === undefined) return false;
  await db.transaction().execute(async (tx) => {
    const part = await sql<{ id: string }>`
      select id from conversations where app_id = ${id} limit ${AT_ONCE} for update skip locked`.execute(tx);
    const conversations = part.rows.map((row) => row.id);
    for (const statement of conversations.length > 0 ? ofConversations(conversations) : ofApp(id)) await statement.execute(tx);
  });
  return true;
}

/** Whoever refers to a row goes before it. */
const ofConversations = (ids: readonly string[]) => {
  const these = sql`any (${[...ids]}::text[])`;
  const batches = sql`(select id from batches where conversation_id = ${these})`;
  return [
    sql`delete from remote_refs where conversation_id = ${these}`,
    sql`delete from attempts where effect_id in (select id from effects where batch_id in ${batches})`,
    sql`delete from effects where batch_id in ${batches}`,
    sql`delete from batches where conversation_id = ${these}`,
    sql`delete from deliveries where conversation_id = ${these}`,
    sql`delete from lanes where conversation_id = ${these}`,
    sql`delete from threads where conversation_id = ${these}`,
    sql`delete from messages where conversation_id = ${these}`,
    sql`delete from people where app_user_id in (select app_user_id from conversations where id = ${these})`,
    sql`delete from conversations where id = ${these}`,
  ];
};

const ofApp = (app: string) => [
  sql`delete from people where app_user_id in (select id from app_users where app_id = ${app})`,
  sql`delete from app_users where app_id = ${app}`,
  sql`delete from retries where destination_id in (select id from destinations where app_id = ${app})`,
  sql`delete from destinations where app_id = ${app}`,
  sql`delete from connect_states where app_id = ${app}`,
  sql`delete from integrations where app_id = ${app}`,
  sql`delete from grants where account_id in (select a.id from accounts a join webhooks w on w.id = a.key and a.system = 'app'
    where w.app_id = ${app})`,
  sql`delete from webhooks where app_id = ${app}`,
  sql`delete from app_keys where app_id = ${app}`,
  sql`delete from apps where id = ${app}`,
];
