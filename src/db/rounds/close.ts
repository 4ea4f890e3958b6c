import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { RoundResult } from '../../../activities/contract.ts';
import type { CloseRound, ClosedRound } from '../../../activities/round-store.ts';
import { seqRanges } from '../../domain/seq-ranges.ts';
import { json } from '../db.ts';
import type { Db, Tx } from '../db.ts';
import type { BatchRow, EffectRow } from '../schema.ts';
import { oldestWaiting } from './behind.ts';
import { fateOf } from './fate.ts';
import { decideHeld } from './held.ts';
import { lockConversation } from './lock.ts';
import { pace } from './pace.ts';
import { parkDestination } from './park.ts';

type Batch = Selectable<BatchRow>;
type BatchEffect = Pick<Selectable<EffectRow>, 'id' | 'seqs' | 'state' | 'ref'>;
type Wait = NonNullable<CloseRound['wait']>;

/** A round's last transaction. */
export const closeRound = (db: Db, round: CloseRound): Promise<ClosedRound> => db.transaction().execute((tx) => close(tx, round));

async function close(tx: Tx, round: CloseRound): Promise<ClosedRound> {
  const { conversation_id } = await tx
    .selectFrom('batches')
    .select('conversation_id')
    .where('id', '=', round.batch)
    .executeTakeFirstOrThrow();
  await lockConversation(tx, conversation_id);
  const batch = await tx.selectFrom('batches').selectAll().where('id', '=', round.batch).forUpdate().executeTakeFirstOrThrow();
  if (batch.result !== null) return { result: batch.result, delivered: 0, since: undefined };

  const { delivered, since, isOpen } = await sortOut(tx, batch, round.now);
  const collect = isOpen ? [] : await decideHeld(tx, batch, round.now);
  const parked =
    round.park === undefined
      ? undefined
      : await parkDestination(tx, batch.destination_id, round.generation, round.park.reason, round.now);
  const wait = round.wait ?? (delivered.length === 0 ? undefined : await pace(tx, batch, round));
  await writeLane(tx, batch, round, { isOpen, wait });
  if (round.failed === true) await noteFailure(tx, batch, round.now);
  const behind = parked?.isParked === true ? undefined : await oldestWaiting(tx, batch.conversation_id, batch.destination_id);
  const result: RoundResult = {
    summary: summarise(batch, round, delivered, parked?.isParked === true),
    ...(wait === undefined ? {} : wait),
    ...(parked?.isParked === true ? { parked: parked.reason } : {}),
    ...(behind === undefined ? {} : { behind }),
    ...(collect.length === 0 ? {} : { collect }),
  };
  if (!isOpen)
    await tx
      .updateTable('batches')
      .set({ settled_at: round.now, result: json(result) })
      .where('id', '=', batch.id)
      .execute();
  return { result, delivered: delivered.length, since };
}

interface SortedOut {
  readonly delivered: readonly number[];
  /** When the oldest of these was accepted. */
  readonly since: number | undefined;
  readonly isOpen: boolean;
}

/**
 * Decides each message of the batch: delivered when all that carries it is done, back in the queue when nothing of it was sent,
 * else it stays in the open batch. Returning a message voids its effects (rule R6).
 */
async function sortOut(tx: Tx, batch: Batch, now: number): Promise<SortedOut> {
  const effects = await readEffects(tx, batch);
  const rows = await rowsOf(tx, batch).select(['seq', 'accepted_at']).orderBy('seq').execute();
  const fate = fateOf(
    rows.map(({ seq }) => seq),
    effects,
    batch.is_planned,
  );
  await settleRows(tx, batch, fate.delivered, { now, isUncertain: effects.some((effect) => effect.ref?.uncertain === true) });
  await returnRows(tx, batch, fate.returned);
  const voided = effects.filter((effect) => effect.state === 'planned' && !fate.keeps(effect)).map((effect) => effect.id);
  await sql`update effects set state = 'void' where id = any (${voided}::text[])`.execute(tx);
  // Sequence numbers were given in the order of time.
  const since = rows.find(({ seq }) => fate.delivered.includes(seq))?.accepted_at;
  return { delivered: fate.delivered, since, isOpen: fate.isOpen };
}

const readEffects = (tx: Tx, batch: Batch): Promise<BatchEffect[]> =>
  tx
    .selectFrom('effects')
    .select(['id', 'seqs', 'state', 'ref'])
    .where('batch_id', '=', batch.id)
    .where('state', '!=', 'void')
    .orderBy('ordinal')
    .forUpdate()
    .execute();

const rowsOf = (tx: Tx, batch: Batch) =>
  tx
    .selectFrom('deliveries')
    .where('conversation_id', '=', batch.conversation_id)
    .where('destination_id', '=', batch.destination_id)
    .where('batch_id', '=', batch.id)
    .where('state', '=', 'sending');

/** A message of which only a line went out that it is missing is not delivered: it waits for a person. */
const settleRows = (
  tx: Tx,
  batch: Batch,
  seqs: readonly number[],
  how: { now: number; isUncertain: boolean },
): Promise<unknown> =>
  sql`
    update deliveries
    set state = case when form = 'missing' then 'parked' else 'delivered' end,
      delivered_at = case when form = 'missing' then null else ${how.now}::bigint end,
      problem = case when form = 'missing' then problem when ${how.isUncertain} then 'the system did not confirm it' end
    where conversation_id = ${batch.conversation_id} and destination_id = ${batch.destination_id}
      and batch_id = ${batch.id} and state = 'sending' and seq = any (${[...seqs]}::int[])`.execute(tx);

const returnRows = (tx: Tx, batch: Batch, seqs: readonly number[]): Promise<unknown> =>
  sql`
    update deliveries set state = 'waiting', batch_id = null
    where conversation_id = ${batch.conversation_id} and destination_id = ${batch.destination_id}
      and batch_id = ${batch.id} and state = 'sending' and seq = any (${[...seqs]}::int[])`.execute(tx);

/** What the next round, also one of another run, must know: that a batch is open, until when to wait, how often it failed. */
const writeLane = (tx: Tx, batch: Batch, round: CloseRound, now: { isOpen: boolean; wait: Wait | undefined }): Promise<unknown> =>
  sql`
    update lanes
    set batch_id = ${now.isOpen ? batch.id : null}, generation = ${round.generation},
      until = ${now.wait?.until ?? null}, why = ${now.wait === undefined ? null : json(now.wait.why)},
      slot = ${round.slot === undefined ? null : json(round.slot)},
      failures = case when ${round.failed === true} then failures + 1 else 0 end,
      failing_since = case when ${round.failed === true} then coalesce(failing_since, ${round.now}::bigint) end
    where conversation_id = ${batch.conversation_id} and destination_id = ${batch.destination_id}`.execute(tx);

/** Since when the destination has seen no success, in whatever lane. */
const noteFailure = (tx: Tx, batch: Batch, now: number): Promise<unknown> =>
  sql`update destinations set failing_since = ${now} where id = ${batch.destination_id} and failing_since is null`.execute(tx);

/** "messages 12–16 → ticket 4711". */
function summarise(batch: Batch, round: CloseRound, delivered: readonly number[], isParked: boolean): string {
  const what =
    delivered.length === 0 ? 'nothing was sent' : `${delivered.length === 1 ? 'message' : 'messages'} ${seqRanges(delivered)}`;
  const where = delivered.length === 0 || batch.label === null ? '' : ` → ${batch.label}`;
  const why = isParked ? `; parked: ${round.park?.reason ?? ''}` : round.wait === undefined ? '' : '; the rest waits';
  return `${round.preview === undefined ? '' : `“${round.preview}”, `}${what}${where}${delivered.length === 0 && round.wait !== undefined ? ' yet' : why}`;
}
