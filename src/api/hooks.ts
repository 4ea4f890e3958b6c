import { Router } from 'express';
import type { Request, RequestHandler, Response } from 'express';
import type { BusinessSystem } from '../../activities/business-system.ts';
import type { HookAnswer, Inbound, RawRequest } from '../../activities/inbound.ts';
import { SignatureInvalid } from '../../activities/system-error.ts';
import { findHookAccount } from '../db/hook-account.ts';
import type { HookAccount } from '../db/hook-account.ts';
import { takeIn } from '../take-in.ts';
import { sendProblem } from './answer.ts';
import type { ApiDeps, GuardedDeps } from './deps.ts';
import { addressOf } from './failed-attempts.ts';
import { methodNotAllowed, notFound, toProblem, tryAgain } from './problem.ts';
import { rawBody, rawRequest } from './raw-request.ts';
import { storable } from './read-body.ts';
import { requestIdOf } from './request-id.ts';

/**
 * Where business systems send their events: to an account's own address, or to one that all accounts of a system share. Nothing
 * remote happens before the answer, and what was answered with success is stored.
 */
export function hookRoutes(deps: GuardedDeps): Router {
  const router = Router();
  router.all(['/:system', '/:system/:account'], refuseOtherMethods);
  router.post(['/:system', '/:system/:account'], rawBody, (request, response) => receive(deps, request, response));
  return router;
}

const refuseOtherMethods: RequestHandler = (request, response, next) => {
  if (request.method === 'POST') return next();
  response.set('Allow', 'POST');
  throw methodNotAllowed('POST');
};

async function receive(deps: GuardedDeps, request: Request, response: Response): Promise<void> {
  const system = deps.systems.find(({ name }) => name === request.params['system']);
  if (system === undefined) throw notFound('there is no such system');
  const arrivedAt = performance.now();
  try {
    const raw = rawRequest(request);
    const account = await accountOf(deps, { system, raw, id: request.params['account'] });
    // Vendors send for all their customers from the same addresses: one customer's mistakes are not another's.
    const who = `${addressOf(request)} ${account?.id ?? system.name}`;
    const inbound = await deps.attempts.guard(who, () => verified(deps, { system, raw, account }));
    const outcome = await takeIn(deps, { system, account, inbound, arrivedAt });
    sendHookAnswer(response, system.answer?.(raw, inbound, outcome) ?? { status: 200 });
  } catch (error) {
    refuse(deps, { system, error, response });
  }
}

/** Only to a system that is looked for by what a request says of itself may one come that is for nobody. */
async function accountOf(
  deps: ApiDeps,
  { system, raw, id }: { system: BusinessSystem; raw: RawRequest; id: string | string[] | undefined },
): Promise<HookAccount | undefined> {
  const named = typeof id === 'string' ? { id } : undefined;
  if (named === undefined && system.identify === undefined) throw notFound('the request names no account');
  const key = named === undefined ? system.identify?.(raw) : undefined;
  const wanted = named ?? (key === undefined ? undefined : { key });
  if (wanted === undefined) return undefined;
  storable(wanted, []);
  const account = await findHookAccount(deps.db, deps.vault, { system: system.name, ...wanted });
  if (account === undefined && named !== undefined) throw notFound('there is no such account');
  return account;
}

const verified = (
  deps: ApiDeps,
  { system, account, raw }: { system: BusinessSystem; account: HookAccount | undefined; raw: RawRequest },
): readonly Inbound[] =>
  system.receive(raw, {
    account,
    secrets: account?.secrets ?? {},
    operator: deps.settings.operator(system.name),
    now: deps.clock.now(),
  });

function sendHookAnswer(response: Response, { status, headers, body }: HookAnswer): void {
  response.status(status);
  if (body === undefined) return void response.set(headers ?? {}).json({});
  response
    .type('text')
    .set(headers ?? {})
    .send(body);
}

/** What is wrong with the request is said; for what is wrong with us, the system is made to send it again. */
function refuse(deps: ApiDeps, refused: { system: BusinessSystem; error: unknown; response: Response }): void {
  const { system, error, response } = refused;
  const requestId = requestIdOf(response);
  if (error instanceof SignatureInvalid) {
    deps.log.warn({ system: system.name, requestId, why: error.message }, 'a hook request was not signed as expected');
  }
  const problem = toProblem(error);
  const isTheirs = problem !== undefined && problem.status < 500;
  deps.metrics.hooks.inc({ system: system.name, outcome: isTheirs ? 'refused' : 'failed' });
  if (isTheirs) return sendProblem(response, problem);
  deps.log.error({ err: error, system: system.name, requestId }, 'a hook request could not be stored');
  sendProblem(response, tryAgain(`request ${requestId}`, system.retryStatus));
}
