import { Router } from 'express';
import type { Request, RequestHandler, Response } from 'express';
import type { BusinessSystem } from '../../activities/business-system.ts';
import type { HookAnswer, Inbound, RawRequest } from '../../activities/inbound.ts';
import { SignatureInvalid } from '../../activities/system-error.ts';
import { wakeAccount } from '../connect/wake-account.ts';
import { findHookAccount } from '../db/hook-account.ts';
import type { HookAccount } from '../db/hook-account.ts';
import { receiveInbound } from '../db/inbound/receive.ts';
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
  try {
    const raw = rawRequest(request);
    const account = await accountOf(deps, { system, raw, id: request.params['account'] });
    // Vendors send for all their customers from the same addresses: one customer's mistakes are not another's.
    const who = `${addressOf(request)} ${account.id}`;
    const inbound = await deps.attempts.guard(who, () => verified(deps, { system, raw, account }));
    for (const event of inbound) await store(deps, { system, account, event });
    sendHookAnswer(response, system.answer?.(raw, inbound) ?? { status: 200 });
  } catch (error) {
    refuse(deps, { system, error, response });
  }
}

async function accountOf(
  deps: ApiDeps,
  { system, raw, id }: { system: BusinessSystem; raw: RawRequest; id: string | string[] | undefined },
): Promise<HookAccount> {
  const named = typeof id === 'string' ? { id } : undefined;
  const key = named === undefined ? system.identify?.(raw) : undefined;
  const wanted = named ?? (key === undefined ? undefined : { key });
  if (wanted === undefined) throw notFound('the request names no account');
  storable(wanted, []);
  const account = await findHookAccount(deps.db, deps.vault, { system: system.name, ...wanted });
  if (account === undefined) throw notFound('there is no such account');
  return account;
}

interface FromSystem {
  readonly system: BusinessSystem;
  readonly account: HookAccount;
}

const verified = (deps: ApiDeps, { system, account, raw }: FromSystem & { readonly raw: RawRequest }): readonly Inbound[] =>
  system.receive(raw, {
    account: { key: account.key, data: account.data },
    secrets: account.secrets,
    operator: deps.settings.operator(system.name),
    now: deps.clock.now(),
  });

/** Stores one event, and rings those whom it concerns. Nobody waits for the bells. */
async function store(deps: ApiDeps, { system, account, event }: FromSystem & { readonly event: Inbound }): Promise<void> {
  const { conversation, lanes, threads, seq, wakesAccount } = await receiveInbound(deps.db, account.id, event, deps.clock.now());
  if (conversation !== undefined) deps.dispatch.ring({ conversation, lanes, threads, ...(seq !== undefined && { seq }) });
  if (wakesAccount) wakeAccount(deps, system.name, account.key);
}

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
  if (problem !== undefined && problem.status < 500) return sendProblem(response, problem);
  deps.log.error({ err: error, system: system.name, requestId }, 'a hook request could not be stored');
  sendProblem(response, tryAgain(`request ${requestId}`, system.retryStatus));
}
