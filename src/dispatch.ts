import { sql } from 'kysely';
import type { LaneBell, ThreadBell } from '../activities/contract.ts';
import type { Db } from './db/db.ts';
import type { ConversationId } from './domain/ids.ts';
import type { Log } from './log.ts';
import type { Temporal } from './temporal.ts';

/** Rings conversations after commit. Nobody waits for it: a bell that gets lost is rung again by the sweep. */
export interface Dispatch {
  ring(ringing: Ringing): void;
  /** Resolves when every bell that was begun has got through or was given up. */
  drain(): Promise<void>;
}

export interface Ringing {
  readonly conversation: ConversationId;
  readonly lanes?: readonly LaneBell[];
  readonly threads?: readonly ThreadBell[];
  /** The message that rang: this ring of the lanes got through when the bell does. */
  readonly seq?: number;
}

/** While Temporal is down bells are begun in vain; more than this at once are left to the sweep. */
const MOST_AT_ONCE = 100;

export function createDispatch(deps: { readonly db: Db; readonly temporal: Temporal; readonly log: Log }): Dispatch {
  const begun = new Set<Promise<void>>();
  return {
    ring: (ringing) => {
      if (begun.size >= MOST_AT_ONCE) return;
      if ((ringing.lanes ?? []).length === 0 && (ringing.threads ?? []).length === 0) return;
      const bell = ring(deps, ringing).catch((error: unknown) => {
        deps.log.warn({ err: error, conversation: ringing.conversation }, 'a bell did not get through; the sweep rings again');
      });
      begun.add(bell);
      void bell.finally(() => begun.delete(bell));
    },
    drain: async () => void (await Promise.all(begun)),
  };
}

/** Rings one conversation, and notes that the bell got through. */
export async function ring(deps: { readonly db: Db; readonly temporal: Temporal }, ringing: Ringing): Promise<void> {
  const about = await deps.db
    .selectFrom('conversations')
    .select(['id as conversation', 'app_id as app', 'app_user_id as appUser'])
    .where('id', '=', ringing.conversation)
    .executeTakeFirstOrThrow();
  const lanes = ringing.lanes ?? [];
  await deps.temporal.ring(about, { lanes, threads: ringing.threads ?? [] });
  if (ringing.seq === undefined || lanes.length === 0) return;
  // In a fixed order, as accept takes them: two statements that lock several lanes never wait for each other in a circle.
  await sql`
    update lanes set heard_seq = greatest(heard_seq, ${ringing.seq})
    where (conversation_id, destination_id) in (
      select conversation_id, destination_id from lanes
      where conversation_id = ${ringing.conversation} and destination_id = any (${lanes.map((lane) => lane.destination)}::text[])
      order by destination_id for update
    )`.execute(deps.db);
}
