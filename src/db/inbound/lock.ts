import { sql } from 'kysely';
import type { AccountId } from '../../domain/ids.ts';
import type { Tx } from '../db.ts';

/**
 * Keeps two transactions apart of which one makes a thread known and the other stores an event about it, so that the event is
 * either matched by the first or finds the thread itself.
 */
export async function lockThreadRef(tx: Tx, account: AccountId, thread: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${account}/${thread}`}, 0))`.execute(tx);
}
