import { sql } from 'kysely';
import type { CloseRound } from '../../../activities/round-store.ts';
import { nextWriteAt } from '../../domain/pacing.ts';
import type { Tx } from '../db.ts';
import type { BatchRow } from '../schema.ts';

/** Stretches the lane's next window when its thread nears its limit. */
export async function pace(
  tx: Tx,
  batch: Pick<BatchRow, 'conversation_id' | 'destination_id'>,
  round: CloseRound,
): Promise<CloseRound['wait']> {
  if (round.budget === undefined) return undefined;
  const result = await sql<{ at: number }>`
    select e.done_at as at from effects e join batches b on b.id = e.batch_id
    where b.conversation_id = ${batch.conversation_id} and b.destination_id = ${batch.destination_id}
      and e.done_at > ${round.now - round.budget.periodMs}::bigint and cardinality(e.seqs) > 0
    union all
    select unnest(t.writes) from threads t
    where t.conversation_id = ${batch.conversation_id} and t.destination_id = ${batch.destination_id} and t.state = 'open'`.execute(
    tx,
  );
  const writes = result.rows.map((row) => row.at);
  const until = nextWriteAt(round.now, writes, round.budget, round.budget.live);
  if (until === undefined || until <= round.now + round.budget.windowMs) return undefined;
  return { until, why: { kind: 'pacing', of: round.budget.of } };
}
