import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { RoundResult } from '../../../activities/contract.ts';
import type { OpenBatch, Opened, OpenRound } from '../../../activities/round-store.ts';
import { MINUTE, SECOND } from '../../domain/time.ts';
import type { Db, Tx } from '../db.ts';
import type { DestinationRow, IntegrationRow, LaneRow } from '../schema.ts';
import { oldestWaiting } from './behind.ts';
import { freeze, toBatch } from './freeze.ts';
import { loadOpenBatch } from './load.ts';

/** A clock that is a little behind the workflow's must not send the lane back to sleep. */
const CLOCK_SLACK_MS = 250;

type Lane = Pick<Selectable<LaneRow>, 'batch_id' | 'until' | 'why' | 'slot' | 'failures' | 'failing_since'> &
  Pick<Selectable<DestinationRow>, 'removed_at' | 'webhook_id' | 'generation' | 'parked_generation' | 'parked_reason'> & {
    /** The conversation's last message. */
    last_seq: number;
    destination_failing_since: number | null;
    status: IntegrationRow['status'] | null;
    progress: string | null;
    connecting_since: number | null;
    /** What this very round came to, if it ran before. */
    result: RoundResult | null;
  };

/** A round's first transaction. */
export const openRound = (db: Db, round: OpenRound): Promise<Opened> => db.transaction().execute((tx) => open(tx, round));

async function open(tx: Tx, round: OpenRound): Promise<Opened> {
  const lane = await takeBell(tx, round);
  if (lane === undefined) return ended({ summary: 'there is no such lane' });

  if (lane.result !== null) return ended(lane.result);
  const parked = parkedWhy(lane);
  if (parked !== undefined) return ended({ summary: `parked: ${parked}`, parked });
  const wait = waitOf(lane, round.now);
  if (wait !== undefined) return ended({ ...wait, ...(await behindOf(tx, round)) });

  const batch = lane.batch_id ?? (await freeze(tx, round, lane.last_seq));
  if (batch === 'nothing') return ended({ summary: 'nothing to send' });
  if (batch === 'awaitsUser') return ended({ summary: 'agents’ messages wait for the app user’s next one', awaitsUser: true });
  return { kind: 'open', open: { ...(await loadOpenBatch(tx, batch)), generation: lane.generation, ...factsOf(lane) } };
}

const ended = (result: RoundResult): Opened => ({ kind: 'ended', result });

/**
 * Takes the conversation's lock (see `lockConversation`), reads the lane as it was, and takes its bell before anything is decided, so
 * that whatever is accepted from now on rings again (rules R1 and R8). A turn at the account's limits is this round's, unless it
 * comes too early for it.
 *
 * What is read besides may be as old as the wait for the lock. A repair in that time is not missed: the lane then carries the
 * generation before it, and the sweep rings such lanes.
 */
async function takeBell(tx: Tx, round: OpenRound): Promise<Lane | undefined> {
  const result = await sql<Lane>`
    with conversation as (
      select id, last_seq from conversations where id = ${round.conversation} for no key update
    ), lane as (
      select conversation_id, destination_id, batch_id, until, why, slot, failures, failing_since from lanes
      where conversation_id = (select id from conversation) and destination_id = ${round.destination} for update
    ), taken as (
      update lanes l set taken_seq = conversation.last_seq, generation = d.generation,
        slot = case when lane.until > ${round.now + CLOCK_SLACK_MS}::bigint then lane.slot end
      from conversation cross join lane join destinations d on d.id = lane.destination_id
      where l.conversation_id = lane.conversation_id and l.destination_id = lane.destination_id
    )
    select lane.batch_id, lane.until, lane.why, lane.slot, lane.failures, lane.failing_since, conversation.last_seq,
      d.removed_at, d.webhook_id, d.generation, d.parked_generation, d.parked_reason, d.failing_since as destination_failing_since,
      i.status, i.progress, i.connecting_since, own.result
    from conversation cross join lane join destinations d on d.id = lane.destination_id
    left join integrations i on i.id = d.integration_id
    left join batches own on own.id = ${toBatch(round)}`.execute(tx);
  return result.rows[0];
}

export const parkedWhy = (
  d: Pick<Selectable<DestinationRow>, 'removed_at' | 'webhook_id' | 'generation' | 'parked_generation' | 'parked_reason'>,
): string | undefined => {
  if (d.removed_at !== null) return d.webhook_id === null ? 'the integration was removed' : 'the webhook was deleted';
  return d.parked_generation >= d.generation ? (d.parked_reason ?? 'the destination needs a repair') : undefined;
};

function waitOf(lane: Lane, now: number): RoundResult | undefined {
  if (lane.until !== null && lane.until > now + CLOCK_SLACK_MS && lane.why !== null) {
    return { summary: 'still waiting', until: lane.until, why: lane.why };
  }
  if (lane.status !== 'connecting') return undefined;
  const age = now - (lane.connecting_since ?? now);
  const until = now + Math.min(Math.max(10 * SECOND, age / 4), 10 * MINUTE);
  const what = `the account is being set up${lane.progress === null ? '' : ` (${lane.progress})`}`;
  return { summary: 'the account is being set up', until, why: { kind: 'preparing', what } };
}

async function behindOf(tx: Tx, round: OpenRound): Promise<{ behind?: number }> {
  const behind = await oldestWaiting(tx, round.conversation, round.destination);
  return behind === undefined ? {} : { behind };
}

const factsOf = (lane: Lane): Pick<OpenBatch, 'slot' | 'failures' | 'failingSince' | 'destinationFailingSince'> => ({
  slot: lane.slot ?? undefined,
  failures: lane.failures,
  failingSince: lane.failing_since ?? undefined,
  destinationFailingSince: lane.destination_failing_since ?? undefined,
});
