import { setTimeout as wait } from 'node:timers/promises';
import type { Response } from 'express';
import type { Accounts } from './accounts.ts';
import { type Answer, json, send } from './answer.ts';
import type { SandboxClock } from './clock.ts';
import type { Exchange } from './exchange.ts';
import { hasFault, type RequestFault, takeFault } from './faults.ts';
import type { RequestLog } from './request-log.ts';

export interface ServeDeps<State> {
  readonly accounts: Accounts<State>;
  readonly log: RequestLog;
  readonly clock: SandboxClock;
  /** Ends the waits of slow and late requests when the sandbox closes. */
  readonly closing: AbortSignal;
}

/** One request to an account and how it is answered; `respond` commits what it does before it returns. */
export interface Serving {
  readonly account: string;
  readonly exchange: Exchange;
  readonly response: Response;
  respond(): Promise<Answer>;
}

/** Answers a request as the vendor would, or as the script of faults says. Logged before the answer leaves. */
export async function serve<State>(deps: ServeDeps<State>, serving: Serving): Promise<void> {
  const fault = await faultFor(deps, serving);
  const log = (status: number | null, answered: boolean): Promise<void> => {
    const { method, path, query } = serving.exchange;
    const logged = query.size === 0 ? path : `${path}?${query.toString()}`;
    const entry = { at: deps.clock.now(), method, path: logged, status, answered, fault: fault?.kind ?? null };
    return deps.log.add(serving.account, entry);
  };
  const deliver = async (answer: Answer): Promise<void> => {
    await log(answer.status, true);
    send(serving.response, answer);
  };
  const drop = async (answer: Answer): Promise<void> => {
    await log(answer.status, false);
    serving.response.destroy();
  };

  switch (fault?.kind) {
    case undefined:
      return deliver(await serving.respond());
    case 'status':
      return deliver(scripted(fault));
    case 'slow':
      return (await pause(fault.ms, deps.closing)) ? deliver(await serving.respond()) : void serving.response.destroy();
    case 'hang':
      return log(null, false);
    case 'lostAnswer':
      return drop(await serving.respond());
    case 'lateCommit':
      if (fault.connection === 'drop') serving.response.destroy();
      return (await pause(fault.ms, deps.closing)) ? drop(await serving.respond()) : void serving.response.destroy();
  }
}

/** False when the sandbox closes meanwhile. */
const pause = (ms: number, closing: AbortSignal): Promise<boolean> => wait(ms, true, { signal: closing }).catch(() => false);

async function faultFor<State>(deps: ServeDeps<State>, serving: Serving): Promise<RequestFault | undefined> {
  const { method, path } = serving.exchange;
  const target = { on: 'request', method, path } as const;
  if (!(await hasFault(deps.accounts.documents(serving.account), target))) return undefined;
  const script = await deps.accounts.write(serving.account, ({ store }) => takeFault(store, target));
  if (script?.kind === 'lost' || script?.kind === 'duplicate' || script?.kind === 'delay') return undefined;
  return script;
}

function scripted(fault: RequestFault & { kind: 'status' }): Answer {
  const { status, headers, body } = fault;
  if (body === undefined) return { status, headers, body: undefined };
  return typeof body === 'string' ? { status, headers, body } : json(status, body, headers);
}
