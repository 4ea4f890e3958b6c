import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { BatchMessage, PlanThread } from '../../../activities/batch.ts';
import type { OpenBatch, StoredEffect } from '../../../activities/round-store.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { Tx } from '../db.ts';
import { profileOf } from '../profile-of.ts';
import type { BatchRow, EffectRow } from '../schema.ts';
import type { LockedConversation } from './lock.ts';

type Loaded = Omit<OpenBatch, 'generation' | 'slot' | 'failures' | 'failingSince' | 'destinationFailingSince'>;

/** Reads an open batch with all that a plan may look at. */
export async function loadOpenBatch(tx: Tx, id: BatchId, conversation: LockedConversation): Promise<Loaded> {
  const batch = await tx.selectFrom('batches').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const messages = await readMessages(tx, batch);
  const threads = await readThreads(tx, batch);
  return {
    batch: {
      id,
      role: batch.role,
      messages: messages.filter((message) => message.role === batch.role),
      prelude: messages.filter((message) => message.role !== batch.role),
    },
    conversation: batch.conversation_id,
    destination: batch.destination_id,
    nonce: batch.nonce,
    isPlanned: batch.is_planned,
    effects: await readEffects(tx, id),
    thread: threads.find((thread) => thread.state === 'open'),
    previous: threads.find((thread) => thread.state !== 'open'),
    ...(await readSurroundings(tx, batch, conversation)),
  };
}

async function readMessages(tx: Tx, batch: Selectable<BatchRow>): Promise<readonly BatchMessage[]> {
  const rows = await tx
    .selectFrom('deliveries as d')
    .innerJoin('messages as m', (join) => join.onRef('m.conversation_id', '=', 'd.conversation_id').onRef('m.seq', '=', 'd.seq'))
    .select(['m.id', 'm.seq', 'm.role', 'm.content', 'm.author', 'm.source', 'm.accepted_at as acceptedAt', 'd.form'])
    .where('d.conversation_id', '=', batch.conversation_id)
    .where('d.destination_id', '=', batch.destination_id)
    .where('d.batch_id', '=', batch.id)
    .where('d.state', '=', 'sending')
    .orderBy('m.seq')
    .execute();
  return rows;
}

export async function readEffects(tx: Tx, batch: BatchId): Promise<readonly StoredEffect[]> {
  const rows = await tx
    .selectFrom('effects')
    .selectAll()
    .where('batch_id', '=', batch)
    .where('state', '!=', 'void')
    .orderBy('ordinal')
    .execute();
  return rows.flatMap((row) => (row.state === 'void' ? [] : [toEffect(row, row.state)]));
}

export const toEffect = (row: Selectable<EffectRow>, state: StoredEffect['state']): StoredEffect => ({
  id: row.id,
  key: row.key,
  summary: row.summary,
  seqs: row.seqs,
  serves: row.serves,
  makes: row.makes ?? undefined,
  scopes: row.scopes,
  repeatable: row.repeatable,
  freshForMs: row.fresh_for_ms ?? undefined,
  state,
  attempt: row.attempt,
  write: row.write,
  bytes: row.bytes ?? undefined,
  firstSentAt: row.first_sent_at ?? undefined,
  startBy: row.start_by ?? undefined,
  expiresAt: row.expires_at ?? undefined,
  ref: row.ref ?? undefined,
  doneAt: row.done_at ?? undefined,
});

const readThreads = (tx: Tx, batch: Selectable<BatchRow>): Promise<PlanThread[]> =>
  tx
    .selectFrom('threads')
    .select(['remote_id as remoteId', 'state', 'data'])
    .where('conversation_id', '=', batch.conversation_id)
    .where('destination_id', '=', batch.destination_id)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(2)
    .execute();

async function readSurroundings(
  tx: Tx,
  batch: Selectable<BatchRow>,
  conversation: LockedConversation,
): Promise<Pick<Loaded, 'account' | 'app' | 'appUser' | 'person' | 'formerPerson' | 'integrationSettings' | 'hasHistory'>> {
  const row = await tx
    .selectFrom('destinations as d')
    .innerJoin('accounts as a', 'a.id', 'd.account_id')
    .innerJoin('apps', 'apps.id', 'd.app_id')
    .leftJoin('integrations as i', 'i.id', 'd.integration_id')
    .leftJoin('people as p', (join) => join.onRef('p.account_id', '=', 'a.id').on('p.app_user_id', '=', conversation.app_user_id))
    .select([
      'a.id',
      'a.key',
      'a.data',
      'apps.id as app_id',
      'apps.name as app_name',
      'i.settings',
      'p.remote_id',
      'p.profile_hash',
      'p.gone',
    ])
    .where('d.id', '=', batch.destination_id)
    .executeTakeFirstOrThrow();
  return {
    account: { id: row.id, key: row.key, data: row.data },
    app: { id: row.app_id, name: row.app_name },
    appUser: await profileOf(tx, conversation.id),
    person:
      row.remote_id === null || row.profile_hash === null || row.gone === true
        ? undefined
        : { remoteId: row.remote_id, profileHash: row.profile_hash },
    formerPerson: row.gone === true ? (row.remote_id ?? undefined) : undefined,
    integrationSettings: row.settings ?? {},
    hasHistory: await hasHistory(tx, batch),
  };
}

/** Whether something was said before this destination took part. */
async function hasHistory(tx: Tx, batch: Selectable<BatchRow>): Promise<boolean> {
  const result = await sql<{ first: number | null }>`
    select min(seq) as first from deliveries
    where conversation_id = ${batch.conversation_id} and destination_id = ${batch.destination_id}`.execute(tx);
  return (result.rows[0]?.first ?? 1) > 1;
}
