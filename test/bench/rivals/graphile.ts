import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { sql } from 'kysely';
import type { Db } from '../../../src/db/db.ts';
import { newId } from '../../../src/db/new-id.ts';
import type { Rival } from './rival.ts';

/** graphile-worker: a message and its job in one transaction; one job a conversation, which keeps the time of the first message. */
export async function openGraphile(db: Db, databaseUrl: string, windowMs: number): Promise<Rival> {
  const logger = new Logger(() => () => undefined);
  const utils = await makeWorkerUtils({ connectionString: databaseUrl, logger });
  await utils.migrate();
  await utils.release();
  const accept = async (conversation: string, text: string): Promise<void> => {
    await db.transaction().execute(async (tx) => {
      await sql`
        insert into rival_messages (id, conversation, body, at)
        values (${newId()}, ${conversation}, ${text}, ${Date.now()})`.execute(tx);
      await sql`
        select graphile_worker.add_job('deliver', json_build_object('conversation', ${conversation}::text),
          run_at => now() + ${windowMs}::int * interval '1 ms', job_key => ${conversation}::text,
          job_key_mode => 'preserve_run_at')`.execute(tx);
    });
  };
  const start: Rival['start'] = async (deliver) => {
    const runner = await run({
      connectionString: databaseUrl,
      logger,
      concurrency: 50,
      noHandleSignals: true,
      pollInterval: 100,
      taskList: { deliver: (payload) => deliver(conversationIn(payload)) },
    });
    return () => runner.stop();
  };
  return { name: 'graphile-worker', accept, start, close: () => Promise.resolve() };
}

const conversationIn = (payload: unknown): string =>
  typeof payload === 'object' && payload !== null && 'conversation' in payload ? String(payload.conversation) : '';
