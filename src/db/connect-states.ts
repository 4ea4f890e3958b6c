import type { Selectable } from 'kysely';
import type { AppId, IntegrationId } from '../domain/ids.ts';
import { DAY } from '../domain/time.ts';
import type { Db, Tx } from './db.ts';
import type { ConnectStateRow } from './schema.ts';

/** One step of a connect flow that is under way. Tokens are known by their hashes alone. */
export interface NewConnectState {
  readonly hash: string;
  readonly app: AppId;
  readonly system: string;
  /** Sealed. */
  readonly input: string;
  /** The browser that may come back with it. Absent: a ticket, which any browser may begin with. */
  readonly browserHash?: string;
  /** What the integration is called until it is there. */
  readonly integration: IntegrationId;
  /** The page of ours that tells how it ended, well or not. */
  readonly arrivesAt?: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export type ConnectState = Selectable<ConnectStateRow>;

/** Keeps a step, and clears away those that ended a day ago: they hold secrets. */
export async function putConnectState(db: Db, state: NewConnectState, now: number): Promise<void> {
  await db
    .deleteFrom('connect_states')
    .where('expires_at', '<', now - DAY)
    .execute();
  await db
    .insertInto('connect_states')
    .values({
      hash: state.hash,
      app_id: state.app,
      system: state.system,
      input: state.input,
      browser_hash: state.browserHash ?? null,
      integration_id: state.integration,
      arrives_at: state.arrivesAt ?? null,
      expires_at: state.expiresAt,
    })
    .execute();
}

/**
 * Uses up a ticket, or a state that this browser was given, in the statement that checks it: of several at once, one gets it.
 * What was typed in is returned and no longer kept.
 * @returns `undefined`, with nothing changed, when it is unknown, used, too old, or another browser's.
 */
export async function takeConnectState(
  db: Db,
  wanted: { readonly hash: string; readonly system: string; readonly browserHash: string | null; readonly now: number },
): Promise<ConnectState | undefined> {
  return await db
    .with('taken', (q) =>
      q
        .selectFrom('connect_states')
        .selectAll()
        .where('hash', '=', wanted.hash)
        .where('system', '=', wanted.system)
        .where('browser_hash', 'is not distinct from', wanted.browserHash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', wanted.now)
        .forUpdate(),
    )
    .updateTable('connect_states as s')
    .from('taken')
    .set({ used_at: wanted.now, input: '' })
    .whereRef('s.hash', '=', 'taken.hash')
    .returningAll('taken')
    .executeTakeFirst();
}

/** Looks at a step without using it up: to say why it was refused. */
export async function findConnectState(db: Db, system: string, hash: string): Promise<ConnectState | undefined> {
  return await db
    .selectFrom('connect_states')
    .selectAll()
    .where('hash', '=', hash)
    .where('system', '=', system)
    .executeTakeFirst();
}

/** Notes which integration came of it. */
export async function noteOutcome(tx: Tx, hash: string, became: IntegrationId): Promise<void> {
  await tx.updateTable('connect_states').set({ became }).where('hash', '=', hash).execute();
}

/** Notes why nothing came of it, for the page where it arrives. What was noted before stays. */
export async function noteProblem(db: Db, hash: string, problem: string): Promise<void> {
  await db
    .updateTable('connect_states')
    .set({ problem })
    .where('hash', '=', hash)
    .where('became', 'is', null)
    .where('problem', 'is', null)
    .execute();
}

/** What became of an integration that was promised under an id. */
export interface Promised {
  readonly system: string;
  /** Absent: nothing yet. */
  readonly became: IntegrationId | undefined;
  /** Why nothing came of it, if that is so. */
  readonly problem: string | undefined;
}

/** What became of an integration that was promised under this id: another one, or nothing yet. */
export async function findPromised(
  db: Db,
  promised: { readonly app: AppId; readonly integration: IntegrationId; readonly now: number },
): Promise<Promised | undefined> {
  const row = await db
    .selectFrom('connect_states')
    .select(['system', 'became', 'problem'])
    .where('app_id', '=', promised.app)
    .where('integration_id', '=', promised.integration)
    .where((e) => e.or([e('became', 'is not', null), e('problem', 'is not', null), e('expires_at', '>', promised.now)]))
    .orderBy((e) => e('became', 'is not', null), 'desc')
    .orderBy((e) => e('problem', 'is not', null), 'desc')
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { system: row.system, became: row.became ?? undefined, problem: row.problem ?? undefined };
}
