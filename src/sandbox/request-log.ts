import { sql } from 'kysely';
import type { SandboxDb } from './tables.ts';

/** One request that arrived. */
export interface LoggedRequest {
  /** Epoch milliseconds of the sandbox clock. */
  readonly at: number;
  readonly method: string;
  /** Below the account, with the query. */
  readonly path: string;
  /** What was, or would have been, answered; null when nothing was decided. */
  readonly status: number | null;
  /** Whether the answer was sent. */
  readonly answered: boolean;
  /** The fault that fired. */
  readonly fault: string | null;
}

export interface RequestLog {
  add(account: string, request: LoggedRequest): Promise<void>;
  /** Oldest first; the last 5,000 are kept. */
  list(account: string): Promise<readonly LoggedRequest[]>;
  clear(account: string): Promise<void>;
}

const KEPT = 5_000;

export function createRequestLog(db: SandboxDb, vendor: string): RequestLog {
  return {
    async add(account, request) {
      const row = await db
        .insertInto('sandbox_requests')
        .values({ vendor, account, ...request })
        .returning('seq')
        .executeTakeFirstOrThrow();
      const seq = Number(row.seq);
      if (seq % 500 === 0) await sql`delete from sandbox_requests where seq <= ${seq - KEPT}`.execute(db);
    },
    async list(account) {
      const rows = await db
        .selectFrom('sandbox_requests')
        .select(['at', 'method', 'path', 'status', 'answered', 'fault'])
        .where('vendor', '=', vendor)
        .where('account', '=', account)
        .orderBy('seq')
        .execute();
      return rows.map((row) => ({ ...row, at: Number(row.at) }));
    },
    async clear(account) {
      await db.deleteFrom('sandbox_requests').where('vendor', '=', vendor).where('account', '=', account).execute();
    },
  };
}
