import { setTimeout as sleep } from 'node:timers/promises';
import { Router } from 'express';
import { sql } from 'kysely';
import { SECOND } from '../domain/time.ts';
import { sendAnswer } from './answer.ts';
import type { ApiDeps } from './deps.ts';

/** Who asks for health asks often, and does not wait. */
const WITHIN_MS = 2 * SECOND;

/**
 * `/health`: 200 while the process can take messages in. That needs PostgreSQL; Temporal is only mentioned, because messages are
 * taken in without it. `/ready`: 200 once the tables are there, too.
 */
export function healthRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.get('/health', async (_request, response) => {
    const [postgres, temporal] = await Promise.all([answers(() => sql`select 1`.execute(deps.db)), temporalAnswers(deps)]);
    const status = postgres ? 200 : 503;
    sendAnswer(response, { status, body: { status: postgres ? 'ok' : 'failing', postgres: word(postgres), temporal } });
  });
  router.get('/ready', async (_request, response) => {
    const isReady = await answers(() => deps.db.selectFrom('apps').select('id').limit(1).execute());
    sendAnswer(response, { status: isReady ? 200 : 503, body: { status: isReady ? 'ready' : 'not ready' } });
  });
  return router;
}

async function temporalAnswers({ temporal }: ApiDeps): Promise<string> {
  if (temporal.ping === undefined) return 'unknown';
  return word(await answers(async () => await temporal.ping?.()));
}

const word = (isUp: boolean): string => (isUp ? 'up' : 'down');

async function answers(question: () => Promise<unknown>): Promise<boolean> {
  const giveUp = new AbortController();
  try {
    const late = sleep(WITHIN_MS, false, { signal: giveUp.signal });
    return await Promise.race([question().then(() => true), late]);
  } catch {
    return false;
  } finally {
    giveUp.abort();
  }
}
