import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** What metrics and retention look for without reading whole tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create index deliveries_parked on deliveries (conversation_id, destination_id, seq) where state = 'parked'`,
  `create index lanes_waiting on lanes (until) where until is not null`,
  `create index destinations_parked on destinations (system) where removed_at is null and parked_generation >= generation`,
  `create index batches_settled on batches (settled_at) where settled_at is not null`,
  `create index inbound_final on inbound_events (received_at) where state in ('applied', 'dropped', 'ignored')`,
  // What a remote id belonged to may be gone; the id itself is kept, or its reply would be taken in again.
  `alter table remote_refs drop constraint remote_refs_effect_id_fkey, drop constraint remote_refs_message_id_fkey`,
];
