import type { RoundResult } from '../../../activities/contract.ts';
import type { Slot } from '../../../activities/limit-store.ts';
import type { Opened, OpenRound } from '../../../activities/round-store.ts';
import { MINUTE, SECOND } from '../../domain/time.ts';
import type { Db, Tx } from '../db.ts';
import type { DestinationRow, IntegrationRow, LaneRow } from '../schema.ts';
import type { Selectable } from 'kysely';
import { oldestWaiting } from './behind.ts';
import { freeze, toBatch } from './freeze.ts';
import { loadOpenBatch } from './load.ts';
import { lockConversation } from './lock.ts';

/** A clock that is a little behind the workflow's must not send the lane back to sleep. */
const CLOCK_SLACK_MS = 250;

type Destination = Pick<
  Selectable<DestinationRow>,
  'removed_at' | 'generation' | 'parked_generation' | 'parked_reason' | 'failing_since'
> & {
  status: IntegrationRow['status'] | null;
  progress: string | null;
  connecting_since: number | null;
};

/** A round's first transaction. */
export const openRound = (db: Db, round: OpenRound): Promise<Opened> => db.transaction().execute((tx) => open(tx, round));

async function open(tx: Tx, round: OpenRound): Promise<Opened> {
  const conversation = await lockConversation(tx, round.conversation);
  const destination = await readDestination(tx, round);
  const lane = await readLane(tx, round);
  if (conversation === undefined || destination === undefined || lane === undefined)
    return ended({ summary: 'there is no such lane' });
  await takeBell(tx, round, conversation.last_seq, destination.generation);

  const own = await tx.selectFrom('batches').select('result').where('id', '=', toBatch(round)).executeTakeFirst();
  if (own?.result) return ended(own.result);
  const parked = parkedWhy(destination);
  if (parked !== undefined) return ended({ summary: `parked: ${parked}`, parked });
  const wait = waitOf(lane, destination, round.now);
  if (wait !== undefined) return ended({ ...wait, ...(await behindOf(tx, round)) });

  const batch = lane.batch_id ?? (await freeze(tx, round, conversation));
  if (batch === 'nothing') return ended({ summary: 'nothing to send' });
  if (batch === 'awaitsUser') return ended({ summary: 'agents’ messages wait for the app user’s next one', awaitsUser: true });
  const loaded = await loadOpenBatch(tx, batch, conversation);
  return { kind: 'open', open: { ...loaded, generation: destination.generation, ...laneFacts(lane, destination) } };
}

const ended = (result: RoundResult): Opened => ({ kind: 'ended', result });

const readDestination = (tx: Tx, round: OpenRound): Promise<Destination | undefined> =>
  tx
    .selectFrom('destinations as d')
    .leftJoin('integrations as i', 'i.id', 'd.integration_id')
    .select(['d.removed_at', 'd.generation', 'd.parked_generation', 'd.parked_reason', 'd.failing_since'])
    .select(['i.status', 'i.progress', 'i.connecting_since'])
    .where('d.id', '=', round.destination)
    .executeTakeFirst();

const readLane = (tx: Tx, round: OpenRound): Promise<Selectable<LaneRow> | undefined> =>
  tx
    .selectFrom('lanes')
    .selectAll()
    .where('conversation_id', '=', round.conversation)
    .where('destination_id', '=', round.destination)
    .forUpdate()
    .executeTakeFirst();

/** The bell is taken before anything is decided, so that whatever is accepted from now on rings again (rules R1 and R8). */
const takeBell = (tx: Tx, round: OpenRound, lastSeq: number, generation: number): Promise<unknown> =>
  tx
    .updateTable('lanes')
    .set({ taken_seq: lastSeq, generation, slot: null })
    .where('conversation_id', '=', round.conversation)
    .where('destination_id', '=', round.destination)
    .execute();

export const parkedWhy = (
  d: Pick<Destination, 'removed_at' | 'generation' | 'parked_generation' | 'parked_reason'>,
): string | undefined => {
  if (d.removed_at !== null) return 'the integration was removed';
  return d.parked_generation >= d.generation ? (d.parked_reason ?? 'the destination needs a repair') : undefined;
};

function waitOf(lane: Selectable<LaneRow>, destination: Destination, now: number): RoundResult | undefined {
  if (lane.until !== null && lane.until > now + CLOCK_SLACK_MS && lane.why !== null) {
    return { summary: 'still waiting', until: lane.until, why: lane.why };
  }
  if (destination.status !== 'connecting') return undefined;
  const age = now - (destination.connecting_since ?? now);
  const until = now + Math.min(Math.max(10 * SECOND, age / 4), 10 * MINUTE);
  const what = `the account is being set up${destination.progress === null ? '' : ` (${destination.progress})`}`;
  return { summary: 'the account is being set up', until, why: { kind: 'preparing', what } };
}

async function behindOf(tx: Tx, round: OpenRound): Promise<{ behind?: number }> {
  const behind = await oldestWaiting(tx, round.conversation, round.destination);
  return behind === undefined ? {} : { behind };
}

const laneFacts = (
  lane: Selectable<LaneRow>,
  destination: Destination,
): {
  slot: Slot | undefined;
  failures: number;
  failingSince: number | undefined;
  destinationFailingSince: number | undefined;
} => ({
  slot: lane.slot ?? undefined,
  failures: lane.failures,
  failingSince: lane.failing_since ?? undefined,
  destinationFailingSince: destination.failing_since ?? undefined,
});
