import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { RoundResult } from '../../../activities/contract.ts';
import type { CloseRound, ClosedRound } from '../../../activities/round-store.ts';
import { seqRanges } from '../../domain/seq-ranges.ts';
import type { EffectId } from '../../domain/ids.ts';
import { json } from '../db.ts';
import type { Db, Tx } from '../db.ts';
import type { BatchRow, EffectRow } from '../schema.ts';
import { oldestIn } from './behind.ts';
import { fateOf } from './fate.ts';
import { decideHeld } from './held.ts';
import { lockConversation } from './lock.ts';
import { pace } from './pace.ts';
import { parkDestination } from './park.ts';

const BATCH = [
  'id',
  'conversation_id',
  'destination_id',
  'account_id',
  'role',
  'label',
  'is_planned',
  'result',
] as const satisfies readonly (keyof BatchRow)[];

type Batch = Pick<Selectable<BatchRow>, (typeof BATCH)[number]>;
type BatchEffect = Pick<Selectable<EffectRow>, 'id' | 'seqs' | 'state' | 'ref'>;
type Wait = NonNullable<CloseRound['wait']>;

/** A round's last transaction. */
export const closeRound = (db: Db, round: CloseRound): Promise<ClosedRound> => db.transaction().execute((tx) => close(tx, round));

async function close(tx: Tx, round: CloseRound): Promise<ClosedRound> {
  await lockConversation(tx, round.conversation);
  const batch = await tx.selectFrom('batches').select(BATCH).where('id', '=', round.batch).forUpdate().executeTakeFirstOrThrow();
  if (batch.result !== null) return { result: batch.result, delivered: 0, since: undefined };

  const { delivered, since, isOpen } = await sortOut(tx, batch, round.now);
  const collect = isOpen ? [] : await decideHeld(tx, batch, round.now);
  const parked =
    round.park === undefined
      ? undefined
      : await parkDestination(tx, batch.destination_id, round.generation, round.park.reason, round.now);
  const wait = round.wait ?? (delivered.length === 0 ? undefined : await pace(tx, batch, round));
  if (round.failed === true) await noteFailure(tx, batch, round.now);
  const result: RoundResult = {
    summary: summarise(batch, round, delivered, parked?.isParked === true),
    ...(wait === undefined ? {} : wait),
    ...(parked?.isParked === true ? { parked: parked.reason } : {}),
    ...(collect.length === 0 ? {} : { collect }),
  };
  return { result: await writeLane(tx, batch, round, { isOpen, wait, result }), delivered: delivered.length, since };
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
    { isPlanned: batch.is_planned, mayGoUntold: batch.role === 'profile' },
  );
  const isUncertain = effects.some((effect) => effect.ref?.uncertain === true);
  const voided = effects.filter((effect) => effect.state === 'planned' && !fate.keeps(effect)).map((effect) => effect.id);
  await settleRows(tx, batch, { ...fate, voided, now, isUncertain });
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

interface Settling {
  readonly delivered: readonly number[];
  readonly returned: readonly number[];
  readonly voided: readonly EffectId[];
  readonly now: number;
  readonly isUncertain: boolean;
}

/** A message of which only a line went out that it is missing is not delivered: it waits for a person. */
const settleRows = (tx: Tx, batch: Batch, { delivered, returned, voided, now, isUncertain }: Settling): Promise<unknown> =>
  sql`
    with voided as (
      update effects set state = 'void' where id = any (${[...voided]}::text[])
    ), returned as (
      update deliveries set state = 'waiting', batch_id = null
      where conversation_id = ${batch.conversation_id} and destination_id = ${batch.destination_id}
        and batch_id = ${batch.id} and state = 'sending' and seq = any (${[...returned]}::int[])
    )
    update deliveries
    set state = case when form = 'missing' then 'parked' else 'delivered' end,
      delivered_at = case when form = 'missing' then null else ${now}::bigint end,
      problem = case when form = 'missing' then problem when ${isUncertain} then 'the system did not confirm it' end
    where conversation_id = ${batch.conversation_id} and destination_id = ${batch.destination_id}
      and batch_id = ${batch.id} and state = 'sending' and seq = any (${[...delivered]}::int[])`.execute(tx);

/**
 * What the next round, also one of another run, must know: that a batch is open, until when to wait, how often it failed; or what
 * this one came to.
 * @returns the result, with when the oldest message was accepted that is left to send.
 */
async function writeLane(
  tx: Tx,
  batch: Batch,
  round: CloseRound,
  { isOpen, wait, result }: { isOpen: boolean; wait: Wait | undefined; result: RoundResult },
): Promise<RoundResult> {
  const rows = await sql<{ result: RoundResult }>`
    with lane as (
      update lanes
      set batch_id = ${isOpen ? batch.id : null}, generation = ${round.generation},
        until = ${wait?.until ?? null}, why = ${wait === undefined ? null : json(wait.why)},
        slot = ${round.slot === undefined ? null : json(round.slot)},
        failures = case when ${round.failed === true} then failures + 1 else 0 end,
        failing_since = case when ${round.failed === true} then coalesce(failing_since, ${round.now}::bigint) end
      where conversation_id = ${batch.conversation_id} and destination_id = ${batch.destination_id}
      returning ${oldestIn('lanes')} as behind
    ), told as (
      select ${json(result)} || case when ${result.parked === undefined} and behind is not null
        then jsonb_build_object('behind', behind) else '{}' end as result
      from lane
    ), settled as (
      update batches set settled_at = ${round.now}, result = told.result from told
      where id = ${batch.id} and ${!isOpen}
    )
    select result from told`.execute(tx);
  return rows.rows[0]?.result ?? result;
}

/** Since when the destination has seen no success, in whatever lane. */
const noteFailure = (tx: Tx, batch: Batch, now: number): Promise<unknown> =>
  sql`update destinations set failing_since = ${now} where id = ${batch.destination_id} and failing_since is null`.execute(tx);

/** "messages 12–16 → ticket 4711". */
function summarise(batch: Batch, round: CloseRound, delivered: readonly number[], isParked: boolean): string {
  const what =
    delivered.length === 0 ? 'nothing was sent' : `${delivered.length === 1 ? 'message' : 'messages'} ${seqRanges(delivered)}`;
  const where = delivered.length === 0 ? '' : whereOf(batch);
  const why = isParked ? `; parked: ${round.park?.reason ?? ''}` : round.wait === undefined ? '' : '; the rest waits';
  return `${round.preview === undefined ? '' : `“${round.preview}”, `}${what}${where}${delivered.length === 0 && round.wait !== undefined ? ' yet' : why}`;
}

/** Of an activity there may be nothing to tell. */
function whereOf({ label, role }: Batch): string {
  if (label !== null) return ` → ${label}`;
  return role === 'profile' ? ', of which there is nothing to tell' : '';
}
