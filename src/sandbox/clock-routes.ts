import express, { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { json, send } from './answer.ts';
import type { SandboxClock } from './clock.ts';
import type { SandboxDb } from './tables.ts';

const body = z.union([z.strictObject({ now: z.number() }), z.strictObject({ advance: z.number() })]);

/** `GET` and `POST /sandbox/clock`: `{"now": epoch ms}` sets it, `{"advance": ms}` moves it. It stays set over a restart. */
export function clockRoutes(db: SandboxDb, clock: SandboxClock): Router {
  const router = Router();
  router.get('/sandbox/clock', (_request, response) => send(response, json(200, { now: clock.now() })));
  router.post('/sandbox/clock', express.json(), (request, response) => setClock(db, clock, request, response));
  return router;
}

async function setClock(db: SandboxDb, clock: SandboxClock, request: Request, response: Response): Promise<void> {
  const parsed = body.safeParse(request.body);
  if (!parsed.success) return send(response, json(422, { error: 'Invalid', description: 'send {"now": ms} or {"advance": ms}' }));
  if ('now' in parsed.data) clock.set(parsed.data.now);
  else clock.advance(parsed.data.advance);
  await keepClock(db, clock);
  send(response, json(200, { now: clock.now() }));
}

async function keepClock(db: SandboxDb, clock: SandboxClock): Promise<void> {
  const offset = { offset_ms: clock.now() - Date.now() };
  await db
    .insertInto('sandbox_clock')
    .values({ id: 1, ...offset })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(offset))
    .execute();
}

/** Sets the clock as it was when somebody last set it over HTTP. */
export async function restoreClock(db: SandboxDb, clock: SandboxClock): Promise<void> {
  const row = await db.selectFrom('sandbox_clock').select('offset_ms').executeTakeFirst();
  if (row) clock.set(Date.now() + Number(row.offset_ms));
}
