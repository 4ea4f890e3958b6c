import type { OpenThread } from '../../../activities/thread-store.ts';
import type { ThreadId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';
import { parkedWhy } from '../rounds/open.ts';
import { toEffect } from '../rounds/load.ts';

/** What a collect starts from. How dirty the thread is is read before anything is fetched (rule R11). */
export async function openThread(db: Db, id: ThreadId): Promise<OpenThread | undefined> {
  const row = await db
    .selectFrom('threads as t')
    .innerJoin('destinations as d', 'd.id', 't.destination_id')
    .innerJoin('accounts as a', 'a.id', 't.account_id')
    .innerJoin('conversations as c', 'c.id', 't.conversation_id')
    .leftJoin('integrations as i', 'i.id', 'd.integration_id')
    .leftJoin('people as p', (join) =>
      join.onRef('p.account_id', '=', 't.account_id').onRef('p.app_user_id', '=', 'c.app_user_id'),
    )
    .select([
      't.id',
      't.label',
      't.remote_id',
      't.conversation_id',
      't.destination_id',
      't.cursor',
      't.data',
      't.dirty',
      't.state',
    ])
    .select(['t.failures', 't.failing_since', 't.until', 't.why', 't.slot'])
    .select(['d.removed_at', 'd.webhook_id', 'd.generation', 'd.parked_generation', 'd.parked_reason', 'i.settings'])
    .select(['a.id as account_id', 'a.key', 'a.data as account_data', 'p.remote_id as person'])
    .where('t.id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    thread: row.id,
    label: row.label,
    state: row.state,
    remoteId: row.remote_id,
    conversation: row.conversation_id,
    destination: row.destination_id,
    generation: row.generation,
    isParked: parkedWhy(row) !== undefined,
    account: { id: row.account_id, key: row.key, data: row.account_data },
    integrationSettings: row.settings ?? {},
    cursor: row.cursor,
    data: row.data,
    person: row.person ?? undefined,
    dirty: row.dirty,
    wait: row.until === null || row.why === null ? undefined : { until: row.until, why: row.why },
    slot: row.slot ?? undefined,
    sent: await sentEffects(db, row),
    failures: row.failures,
    failingSince: row.failing_since ?? undefined,
  };
}

async function sentEffects(
  db: Db,
  row: { conversation_id: OpenThread['conversation']; destination_id: OpenThread['destination'] },
): Promise<OpenThread['sent']> {
  const rows = await db
    .selectFrom('effects as e')
    .innerJoin('lanes as l', 'l.batch_id', 'e.batch_id')
    .selectAll('e')
    .where('l.conversation_id', '=', row.conversation_id)
    .where('l.destination_id', '=', row.destination_id)
    .where('e.state', '=', 'sent')
    .execute();
  return rows.map((effect) => toEffect(effect, 'sent'));
}
