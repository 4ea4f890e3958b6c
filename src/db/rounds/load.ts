import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { BatchMessage, PlanThread } from '../../../activities/batch.ts';
import type { OpenBatch, StoredEffect } from '../../../activities/round-store.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Tx } from '../db.ts';
import { profileOf } from '../profile-of.ts';
import type { BatchRow, EffectRow } from '../schema.ts';

type Loaded = Omit<OpenBatch, 'generation' | 'slot' | 'failures' | 'failingSince' | 'destinationFailingSince'>;

interface Found extends Pick<
  Selectable<BatchRow>,
  'conversation_id' | 'destination_id' | 'account_id' | 'role' | 'nonce' | 'is_planned'
> {
  readonly key: string;
  readonly data: JsonObject;
  readonly app_id: string;
  readonly app_name: string;
  readonly settings: JsonObject | null;
  readonly remote_id: string | null;
  readonly profile_hash: string | null;
  readonly gone: boolean | null;
  /** Whether something was said before this destination took part. */
  readonly has_history: boolean;
  /** What is in the batch now, in order. */
  readonly messages: readonly BatchMessage[];
  /** The last two of the lane, the younger first. */
  readonly threads: readonly PlanThread[];
  /** Those that are not void, in order. */
  readonly effects: readonly Selectable<EffectRow>[];
}

/** Reads an open batch with all that a plan may look at. */
export async function loadOpenBatch(tx: Tx, id: BatchId): Promise<Loaded> {
  const found = await readBatch(tx, id);
  const { messages, threads, remote_id: remoteId, profile_hash: profileHash, gone } = found;
  return {
    batch: {
      id,
      role: found.role,
      messages: messages.filter((message) => message.role === found.role),
      prelude: messages.filter((message) => message.role !== found.role),
    },
    conversation: found.conversation_id,
    destination: found.destination_id,
    nonce: found.nonce,
    isPlanned: found.is_planned,
    effects: liveEffects(found.effects),
    thread: threads.find((thread) => thread.state === 'open'),
    previous: threads.find((thread) => thread.state !== 'open'),
    account: { id: found.account_id, key: found.key, data: found.data },
    app: { id: found.app_id, name: found.app_name },
    appUser: await profileOf(tx, found.conversation_id),
    person: remoteId === null || profileHash === null || gone === true ? undefined : { remoteId, profileHash },
    formerPerson: gone === true ? (remoteId ?? undefined) : undefined,
    integrationSettings: found.settings ?? {},
    hasHistory: found.has_history,
  };
}

/** In one statement: what one costs counts for more than what is in it. */
async function readBatch(tx: Tx, id: BatchId): Promise<Found> {
  const result = await sql<Found>`
    select b.conversation_id, b.destination_id, b.account_id, b.role, b.nonce, b.is_planned, a.key, a.data,
      apps.id as app_id, apps.name as app_name, i.settings, p.remote_id, p.profile_hash, p.gone, (
        select coalesce(min(l.seq), 1) > 1 from deliveries l
        where l.conversation_id = b.conversation_id and l.destination_id = b.destination_id
      ) as has_history, (
        select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'seq', m.seq, 'role', m.role, 'content', m.content,
          'author', m.author, 'source', m.source, 'acceptedAt', m.accepted_at, 'form', l.form) order by m.seq), '[]')
        from deliveries l join messages m on m.conversation_id = l.conversation_id and m.seq = l.seq
        where l.conversation_id = b.conversation_id and l.destination_id = b.destination_id
          and l.batch_id = b.id and l.state = 'sending'
      ) as messages, (
        select coalesce(jsonb_agg(jsonb_build_object('remoteId', t.remote_id, 'state', t.state, 'data', t.data)), '[]')
        from (
          select t.remote_id, t.state, t.data from threads t
          where t.conversation_id = b.conversation_id and t.destination_id = b.destination_id
          order by t.created_at desc, t.id desc limit 2
        ) t
      ) as threads, (
        select coalesce(jsonb_agg(to_jsonb(e) order by e.ordinal), '[]') from effects e where e.batch_id = b.id and e.state <> 'void'
      ) as effects
    from batches b
    join accounts a on a.id = b.account_id
    join destinations d on d.id = b.destination_id
    join apps on apps.id = d.app_id
    join conversations c on c.id = b.conversation_id
    left join integrations i on i.id = d.integration_id
    left join people p on p.account_id = b.account_id and p.app_user_id = c.app_user_id
    where b.id = ${id}`.execute(tx);
  const [found] = result.rows;
  if (found === undefined) throw new Error(`open: no such batch [batch=${id}]`);
  return found;
}

/** The columns of an effect: with all of them named, its statements stay planned when another one is added. */
export const EFFECT = [
  'id',
  'batch_id',
  'account_id',
  'ordinal',
  'key',
  'summary',
  'seqs',
  'serves',
  'makes',
  'scopes',
  'repeatable',
  'fresh_for_ms',
  'state',
  'attempt',
  'write',
  'bytes',
  'first_sent_at',
  'start_by',
  'expires_at',
  'ref',
  'done_at',
] as const satisfies readonly (keyof EffectRow)[];

export const liveEffects = (rows: readonly Selectable<EffectRow>[]): readonly StoredEffect[] =>
  rows.flatMap((row) => (row.state === 'void' ? [] : [toEffect(row, row.state)]));

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
