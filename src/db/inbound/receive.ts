import { sql } from 'kysely';
import type { LaneBell, ThreadBell } from '../../../activities/contract.ts';
import type { Accepted, Inbound } from '../../../activities/inbound.ts';
import type { AccountId, ConversationId, DestinationId, ThreadId } from '../../domain/ids.ts';
import { acceptReply } from '../accept-reply.ts';
import { json } from '../db.ts';
import type { Db, Tx } from '../db.ts';
import { lockConversation } from '../rounds/lock.ts';
import { lockThreadRef } from './lock.ts';

/** What is to be done after an inbound event was stored. */
export interface Received {
  readonly conversation?: ConversationId;
  readonly lanes: readonly LaneBell[];
  readonly threads: readonly ThreadBell[];
  /** The message that rang. */
  readonly seq?: number;
  /** It is a reply that goes to the app user, now or since it came before. */
  readonly accepted?: Accepted;
  /** The account itself is to be looked at. */
  readonly wakesAccount: boolean;
}

type Reply = Extract<Inbound, { kind: 'reply' }>;
type Notice = Extract<Inbound, { kind: 'notice' }>;

interface KnownThread {
  readonly id: ThreadId;
  readonly conversation_id: ConversationId;
  readonly destination_id: DestinationId;
  readonly state: string;
  readonly label: string;
  readonly system: string;
  readonly removed_at: number | null;
}

const NOTHING: Received = { lanes: [], threads: [], wakesAccount: false };

/** Whoever typed a command waits for three seconds, the way there and back included; then they are told that it failed, and type it again. */
const COMMAND_WAITS_MS = 2_500;

/** When an event came in. */
export interface Coming {
  /** Epoch milliseconds. */
  readonly now: number;
  /** As `performance.now` tells it. Default: now. */
  readonly arrivedAt?: number;
}

/**
 * Stores an inbound event under its natural key, together with what it brings. What arrives twice counts once.
 * @throws when a command took so long that whoever typed it is told that it failed: then it has.
 */
export const receiveInbound = (
  db: Db,
  account: AccountId,
  inbound: Inbound,
  { now, arrivedAt = performance.now() }: Coming,
): Promise<Received> =>
  db.transaction().execute(async (tx) => {
    const received = await receive(tx, account, inbound, now);
    const isAwaited = inbound.kind === 'reply' && inbound.isCommand === true && received.seq !== undefined;
    if (isAwaited && performance.now() - arrivedAt > COMMAND_WAITS_MS)
      throw new Error(`a command took more than ${COMMAND_WAITS_MS} ms to be stored; whoever typed it was told that it failed`);
    return received;
  });

async function receive(tx: Tx, account: AccountId, inbound: Inbound, now: number): Promise<Received> {
  switch (inbound.kind) {
    case 'ignored':
    case 'question':
      return NOTHING;
    case 'revoked':
      return { ...NOTHING, wakesAccount: await store(tx, { account, inbound, now }, 'applied') };
    case 'notice':
    case 'reply':
      if (inbound.thread === undefined)
        return { ...NOTHING, wakesAccount: await store(tx, { account, inbound, now }, 'applied') };
      return await receiveForThread(tx, { account, inbound, now }, inbound.thread);
  }
}

interface Event<Kind extends Inbound = Exclude<Inbound, { kind: 'ignored' | 'question' }>> {
  readonly account: AccountId;
  readonly inbound: Kind;
  readonly now: number;
}

async function receiveForThread(tx: Tx, event: Event<Reply | Notice>, remoteId: string): Promise<Received> {
  await lockThreadRef(tx, event.account, remoteId);
  const thread = await findThread(tx, event.account, remoteId);
  const { inbound } = event;
  if (thread === undefined) {
    if (inbound.kind === 'notice' || inbound.isCommand !== true) await store(tx, event, 'unmatched');
    return NOTHING;
  }
  await lockConversation(tx, thread.conversation_id);
  if (thread.removed_at !== null || thread.state === 'diverted' || thread.state === 'gone') {
    const reason =
      thread.removed_at === null ? 'the thread no longer belongs to this conversation' : 'the integration was removed';
    await store(tx, event, 'dropped', reason);
    return NOTHING;
  }
  if (inbound.kind === 'reply') return await receiveReply(tx, { ...event, inbound }, thread);
  return await receiveNotice(tx, { ...event, inbound }, thread);
}

/** A whole reply is a message at once. */
async function receiveReply(tx: Tx, event: Event<Reply>, thread: KnownThread): Promise<Received> {
  const { account, inbound, now } = event;
  const taken: Accepted = { isElsewhere: thread.state === 'closed' };
  if (await areKnown(tx, account, [inbound.remoteId])) {
    await store(tx, event, 'dropped', 'known already');
    return { ...NOTHING, accepted: taken };
  }
  if (!(await store(tx, event, 'applied'))) return NOTHING;
  const { remoteId, content, author, isCommand } = inbound;
  const { conversation_id: conversation, destination_id: destination, system } = thread;
  const reply = { conversation, system, destination, account, remoteId, content, author, now };
  const accepted = await acceptReply(tx, { ...reply, isShown: isCommand !== true });
  if (accepted === undefined) return { ...NOTHING, accepted: taken };
  return { ...NOTHING, conversation, lanes: accepted.rung, seq: accepted.seq, accepted: taken };
}

/**
 * A notice makes its thread dirty, unless it only names what we know. While a batch is open it may name what we have just written
 * and do not know yet: then it is held, and decided when the batch closes (rule R12).
 */
async function receiveNotice(tx: Tx, event: Event<Notice>, thread: KnownThread): Promise<Received> {
  const { account, inbound, now } = event;
  const ids = inbound.remoteIds ?? [];
  if (ids.length > 0 && (await areKnown(tx, account, ids))) {
    await store(tx, event, 'dropped', 'names only what is known');
    return NOTHING;
  }
  if (await hasOpenBatch(tx, thread)) {
    await store(tx, event, 'held');
    return NOTHING;
  }
  if (!(await store(tx, event, 'applied'))) return NOTHING;
  await tx
    .updateTable('threads')
    .set((e) => ({ dirty: e('dirty', '+', 1), dirty_at: now }))
    .where('id', '=', thread.id)
    .execute();
  const bell = { thread: thread.id, system: thread.system, label: thread.label };
  return { ...NOTHING, conversation: thread.conversation_id, threads: [bell] };
}

const findThread = (tx: Tx, account: AccountId, remoteId: string): Promise<KnownThread | undefined> =>
  tx
    .selectFrom('threads as t')
    .innerJoin('destinations as d', 'd.id', 't.destination_id')
    .select(['t.id', 't.conversation_id', 't.destination_id', 't.state', 't.label', 'd.system', 'd.removed_at'])
    .where('t.account_id', '=', account)
    .where('t.remote_id', '=', remoteId)
    .executeTakeFirst();

async function hasOpenBatch(tx: Tx, thread: KnownThread): Promise<boolean> {
  const lane = await tx
    .selectFrom('lanes')
    .select('batch_id')
    .where('conversation_id', '=', thread.conversation_id)
    .where('destination_id', '=', thread.destination_id)
    .executeTakeFirst();
  return lane !== undefined && lane.batch_id !== null;
}

async function areKnown(tx: Tx, account: AccountId, ids: readonly string[]): Promise<boolean> {
  const result = await sql<{ known: number }>`
    select count(*) as known from remote_refs where account_id = ${account} and remote_id = any (${[...ids]}::text[])`.execute(
    tx,
  );
  return result.rows[0]?.known === ids.length;
}

/** @returns whether the event is new. */
async function store(
  tx: Tx,
  { account, inbound, now }: Event,
  state: 'applied' | 'held' | 'unmatched' | 'dropped',
  reason?: string,
): Promise<boolean> {
  const stored = await tx
    .insertInto('inbound_events')
    .values({
      account_id: account,
      key: inbound.key,
      kind: inbound.kind,
      thread: inbound.kind === 'revoked' ? null : (inbound.thread ?? null),
      remote_ids:
        inbound.kind === 'notice' ? [...(inbound.remoteIds ?? [])] : inbound.kind === 'reply' ? [inbound.remoteId] : null,
      body: inbound.kind === 'reply' ? json({ content: inbound.content, author: inbound.author }) : null,
      state,
      reason: reason ?? null,
      received_at: now,
    })
    .onConflict((conflict) => conflict.columns(['account_id', 'key']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return stored !== undefined;
}
