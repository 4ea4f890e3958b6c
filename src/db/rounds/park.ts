import { sql } from 'kysely';
import type { DestinationId } from '../../domain/ids.ts';
import type { Tx } from '../db.ts';

export interface Parked {
  /** `false`: the destination was repaired in the meantime; what failed worked with an older generation. */
  readonly isParked: boolean;
  readonly reason: string;
}

/** Parks a destination up to the generation that failed (rule R8). Its messages stay where they are. */
export async function parkDestination(
  tx: Tx,
  id: DestinationId,
  generation: number,
  reason: string,
  now: number,
): Promise<Parked> {
  const result = await sql<{ is_parked: boolean; reason: string }>`
    update destinations
    set parked_generation = greatest(parked_generation, ${generation}),
      parked_reason = case when parked_generation < ${generation} then ${reason} else parked_reason end,
      parked_at = case when parked_generation < ${generation} then ${now}::bigint else parked_at end
    where id = ${id}
    returning parked_generation >= generation as is_parked, parked_reason as reason`.execute(tx);
  const row = result.rows[0];
  return { isParked: row?.is_parked ?? false, reason: row?.reason ?? reason };
}
