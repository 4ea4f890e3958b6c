import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { PlannedEffect } from '../../../activities/batch.ts';
import type { AttemptFailure, Claim, StoredEffect } from '../../../activities/round-store.ts';
import type { BatchId, EffectId } from '../../domain/ids.ts';
import { json } from '../db.ts';
import type { Db } from '../db.ts';
import { newId } from '../new-id.ts';
import type { EffectRow } from '../schema.ts';
import { EFFECT, liveEffects } from './load.ts';

/** Stores the plan of an open batch that has none. */
export async function savePlan(
  db: Db,
  batch: BatchId,
  effects: readonly PlannedEffect[],
): Promise<readonly StoredEffect[] | undefined> {
  const columns = sql.join(EFFECT.map((column) => sql.ref(column)));
  const result = await sql<Selectable<EffectRow>>`
    with batch as (
      update batches set is_planned = true where id = ${batch} and settled_at is null and not is_planned
      returning id, account_id
    ), planned as (
      insert into effects (id, batch_id, account_id, ordinal, key, summary, seqs, serves, makes, scopes, repeatable, fresh_for_ms, state, write)
      select p.id, batch.id, batch.account_id, p.ordinal + (select coalesce(max(ordinal), 0) from effects where batch_id = ${batch}),
        p.key, p.summary, p.seqs, p.serves, p.makes, p.scopes, p.repeatable, p.fresh_for_ms, 'planned', p.write
      from batch cross join jsonb_to_recordset(${json(effects.map(toRow))}) as p (id text, ordinal integer, key text,
        summary text, seqs integer[], serves integer[], makes text, scopes text[], repeatable boolean, fresh_for_ms bigint, write jsonb)
      returning ${columns}
    )
    select ${columns} from planned
    union all
    select ${columns} from effects where batch_id = ${batch} and state <> 'void' and exists (select from batch)
    order by ordinal`.execute(db);
  return result.rows.length === 0 ? undefined : liveEffects(result.rows);
}

const toRow = (effect: PlannedEffect, index: number) => ({
  id: newId<EffectId>(),
  ordinal: index + 1,
  key: effect.key,
  summary: effect.summary,
  seqs: effect.seqs,
  serves: effect.serves ?? [],
  makes: effect.makes ?? null,
  scopes: effect.scopes ?? [],
  repeatable: effect.repeatable ?? false,
  fresh_for_ms: effect.freshForMs ?? null,
  write: effect.write,
});

/** Makes an effect `sent`, if nobody else has touched it and its batch is still open (rule R4). */
export async function claim(db: Db, c: Claim): Promise<boolean> {
  const result = await sql`
    with claimed as (
      update effects e
      set state = 'sent', attempt = e.attempt + 1, bytes = ${json(c.bytes)}, first_sent_at = coalesce(e.first_sent_at, ${c.now}::bigint),
        start_by = ${c.startBy}, expires_at = ${c.expiresAt}
      where e.id = ${c.effect} and e.batch_id = ${c.batch} and e.state = ${c.seen.state} and e.attempt = ${c.seen.attempt}
        and exists (select 1 from batches b where b.id = e.batch_id and b.settled_at is null)
      returning e.id, e.attempt
    )
    insert into attempts (effect_id, attempt, at) select id, attempt, ${c.now} from claimed`.execute(db);
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** Gives an effect back that was claimed by this attempt and certainly not applied. */
export async function unclaim(db: Db, effect: EffectId, attempt: number, failure: AttemptFailure): Promise<void> {
  await sql`
    with undone as (
      update effects set state = 'planned' where id = ${effect} and state = 'sent' and attempt = ${attempt} returning id
    )
    update attempts set outcome = ${failure.said} where effect_id = (select id from undone) and attempt = ${attempt}`.execute(db);
}
