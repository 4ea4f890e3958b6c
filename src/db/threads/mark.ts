import { sql } from 'kysely';
import type { Changed } from '../../../activities/business-system.ts';
import type { DirtyThread, PostponedThread } from '../../../activities/thread-store.ts';
import type { AccountId, ThreadId } from '../../domain/ids.ts';
import { json } from '../db.ts';
import type { Db } from '../db.ts';

/** Leaves a thread dirty and says until when not to fetch it. */
export async function postponeThread(db: Db, postponed: PostponedThread): Promise<void> {
  await sql`
    update threads
    set until = ${postponed.until}, why = ${json(postponed.why)},
      slot = ${postponed.slot === undefined ? null : json(postponed.slot)},
      failures = case when ${postponed.failed === true} then failures + 1 else failures end,
      failing_since = case when ${postponed.failed === true} then coalesce(failing_since, ${postponed.now}::bigint) end
    where id = ${postponed.thread}`.execute(db);
}

/** A thread that is gone has nothing to fetch. */
export async function markGone(db: Db, thread: ThreadId): Promise<void> {
  await sql`
    update threads set state = case when state = 'open' then 'gone' else state end, clean = dirty where id = ${thread}`.execute(
    db,
  );
}

/** Marks an account's threads dirty; what is not ours, or known in this version, is left alone. Marking always rings (rule R11). */
export async function dirtyThreads(
  db: Db,
  account: AccountId,
  changed: Changed['threads'],
  now: number,
): Promise<readonly DirtyThread[]> {
  const ids = changed.map(({ remoteId }) => remoteId);
  const versions = changed.map(({ version }) => version ?? null);
  const result = await sql<DirtyThread>`
    update threads t set dirty = dirty + 1, dirty_at = ${now}
    from destinations d, unnest(${ids}::text[], ${versions}::text[]) as c (remote_id, version)
    where d.id = t.destination_id and t.account_id = ${account} and t.remote_id = c.remote_id
      and (c.version is null or t.version is distinct from c.version)
      and t.state in ('open', 'closed')
    returning t.id as thread, d.system, t.label, t.conversation_id as conversation`.execute(db);
  return result.rows;
}
