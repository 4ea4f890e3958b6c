import { sql } from 'kysely';
import type { LaneBell } from '../../activities/contract.ts';
import type { AccountId, ConversationId, DestinationId, MessageId } from '../domain/ids.ts';
import type { Author, Content, MessageRole, Source } from '../domain/message.ts';
import { isUniqueViolation, json } from './db.ts';
import type { Db } from './db.ts';
import { newId } from './new-id.ts';

/** A message on its way in. */
export interface NewMessage {
  readonly conversation: ConversationId;
  readonly role: MessageRole;
  readonly content: Content;
  readonly author: Author;
  readonly source: Source;
  /** The client's own id of the message: the same one again is answered with the stored message. */
  readonly clientId?: string;
  /** The destination it came from, and what it is called there. Where its thread shows it already, it is delivered there. */
  readonly origin?: {
    readonly destination: DestinationId;
    readonly account: AccountId;
    readonly remoteId: string;
    readonly isShown: boolean;
  };
  readonly now: number;
}

export interface Accepted {
  readonly id: MessageId;
  readonly seq: number;
  readonly acceptedAt: number;
  /** The lanes whose bell is to be rung. */
  readonly rung: readonly LaneBell[];
}

/**
 * Takes a message in: gives it the conversation's next sequence number and one ledger row for each destination that is connected
 * now. One statement: it happens whole or not at all, and the lock on the conversation's row makes commit order the order.
 *
 * An activity goes only where something was said before: who hears of a person for the first time sees how they are called now.
 *
 * A lane's bell is to be rung if none has been rung since a round last looked (rule R1).
 * @returns `undefined` when the client id, or the remote id, was taken before: nothing has changed.
 */
export async function accept(db: Db, message: NewMessage): Promise<Accepted | undefined> {
  const id = newId<MessageId>();
  try {
    const row = await insert(db, id, message);
    return { id, seq: row.seq, acceptedAt: row.accepted_at, rung: row.rung };
  } catch (error) {
    if (isUniqueViolation(error, CLIENT_ID) || isUniqueViolation(error, REMOTE_ID)) return undefined;
    throw error;
  }
}

const CLIENT_ID = 'messages_conversation_id_client_id_key';
const REMOTE_ID = 'remote_refs_pkey';

async function insert(db: Db, id: MessageId, m: NewMessage): Promise<{ seq: number; accepted_at: number; rung: LaneBell[] }> {
  const origin = m.origin?.destination ?? null;
  const shownIn = m.origin?.isShown === true ? m.origin.destination : null;
  const fromAgent = m.role === 'appMaker' ? 1 : 0;
  const result = await sql<{ seq: number; accepted_at: number; rung: LaneBell[] }>`
    with conversation as (
      update conversations
      set last_seq = last_seq + 1,
          last_message_at = greatest(${m.now}::bigint, last_message_at + 1),
          unread_count = unread_count + ${fromAgent}::int
      where id = ${m.conversation}
      returning id, app_id, last_seq as seq, last_message_at as accepted_at
    ), message as (
      insert into messages (id, conversation_id, seq, role, content, author, source, client_id, accepted_at)
      select ${id}, id, seq, ${m.role}, ${json(m.content)}, ${json(m.author)}, ${json(m.source)},
        ${m.clientId ?? null}, accepted_at
      from conversation
    ), destination as (
      select d.id, d.system, d.label, d.window_ms, d.generation, d.id is not distinct from ${shownIn}::text as has_it
      from destinations d join conversation c on d.app_id = c.app_id
      where d.removed_at is null and ${m.role} = any (d.takes)
        and (${m.role !== 'profile'} or exists (
          select from lanes l where l.conversation_id = c.id and l.destination_id = d.id
        ))
      order by d.id
    ), ledger as (
      insert into deliveries (conversation_id, destination_id, seq, state, accepted_at, delivered_at)
      select c.id, d.id, c.seq, case when d.has_it then 'delivered' else 'waiting' end, c.accepted_at,
        case when d.has_it then c.accepted_at end
      from conversation c cross join destination d
    ), lane as (
      insert into lanes (conversation_id, destination_id, rung_seq, generation)
      select c.id, d.id, c.seq, d.generation from conversation c cross join destination d where not d.has_it
      on conflict (conversation_id, destination_id) do update
      set rung_seq = case when lanes.rung_seq <= lanes.taken_seq then excluded.rung_seq else lanes.rung_seq end
      returning destination_id, rung_seq
    ), ref as (
      insert into remote_refs (account_id, remote_id, conversation_id, message_id)
      select ${m.origin?.account ?? null}, ${m.origin?.remoteId ?? null}, id, ${id} from conversation where ${origin}::text is not null
    )
    select c.seq, c.accepted_at,
      coalesce(jsonb_agg(jsonb_build_object('destination', d.id, 'system', d.system, 'label', d.label,
        'windowMs', d.window_ms, 'since', c.accepted_at)) filter (where l.rung_seq = c.seq), '[]') as rung
    from conversation c
    left join lane l on true
    left join destination d on d.id = l.destination_id
    group by c.seq, c.accepted_at`.execute(db);
  const row = result.rows[0];
  if (row === undefined) throw new Error(`accept: no such conversation [conversation=${m.conversation}]`);
  return row;
}
