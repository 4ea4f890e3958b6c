import { setTimeout as sleep } from 'node:timers/promises';
import { Router } from 'express';
import { sendAnswer } from '../api/answer.ts';
import type { Db } from '../db/db.ts';
import { missingMigrations } from '../db/migrate.ts';
import { SECOND } from '../domain/time.ts';
import type { Temporal } from '../temporal.ts';

/** What the health of a process depends on. */
export interface HealthDeps {
  readonly db: Db;
  readonly temporal: Pick<Temporal, 'ping'>;
  /** Whether this process is of no use while Temporal is away. Messages are taken in without it. */
  readonly needsTemporal?: boolean;
}

/** Who asks for health asks often, and does not wait. */
const WITHIN_MS = 2 * SECOND;

/**
 * `/healthz`: 200 while the process answers at all; starting it anew mends nothing that it could say. `/readyz`: 200 while it can
 * do its work. That needs PostgreSQL with the schema that this version knows, and for some Temporal, which is mentioned in any case.
 */
export function healthRoutes(deps: HealthDeps): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => sendAnswer(response, { status: 200, body: { status: 'ok' } }));
  router.get('/readyz', async (_request, response) => {
    const [schema, temporal] = await Promise.all([schemaOf(deps.db), temporalIs(deps.temporal)]);
    const isReady = schema !== undefined && schema.length === 0 && (deps.needsTemporal !== true || temporal === 'up');
    const body = {
      status: isReady ? 'ready' : 'not ready',
      database: schema === undefined ? 'down' : 'up',
      schema: schema === undefined ? 'unknown' : schema.length === 0 ? 'current' : `behind: run "migrate" (${schema.join(', ')})`,
      temporal,
    };
    sendAnswer(response, { status: isReady ? 200 : 503, body });
  });
  return router;
}

/** The migrations that the database lacks, or `undefined` when it does not answer. */
const schemaOf = (db: Db): Promise<readonly string[] | undefined> => soon(() => missingMigrations(db));

async function temporalIs({ ping }: HealthDeps['temporal']): Promise<'up' | 'down' | 'unknown'> {
  if (ping === undefined) return 'unknown';
  return (await soon(async () => (await ping(), true))) === true ? 'up' : 'down';
}

/** The answer to a question, or `undefined` where none comes in time. */
async function soon<T>(question: () => Promise<T>): Promise<T | undefined> {
  const giveUp = new AbortController();
  try {
    return await Promise.race([question(), sleep(WITHIN_MS, undefined, { signal: giveUp.signal })]);
  } catch {
    return undefined;
  } finally {
    giveUp.abort();
  }
}
