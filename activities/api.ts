import type { Attempt } from './attempt.ts';
import type { Api, BusinessSystem } from './business-system.ts';
import { currentGrant, renewedGrant } from './grants.ts';
import type { HttpAnswer, HttpRequest } from './http.ts';
import type { AccountRef, StoredGrant } from './account-store.ts';
import type { Slot } from './limit-store.ts';
import type { Ports } from './ports.ts';
import { CredentialsRevoked, Unavailable } from './system-error.ts';
import type { WaitWhy } from '../src/domain/lane-state.ts';

/** A slot of the account that is further away is not waited for here: the lane sleeps and comes back with it. */
const LONGEST_WAIT_MS = 2_000;

/** The account has a slot for this call, but later. Nothing was sent. */
export class TurnLater extends Error {
  override readonly name = 'TurnLater';
  readonly slot: Slot;

  constructor(slot: Slot) {
    super('the account takes this call later');
    this.slot = slot;
  }

  /** For people: why later. */
  get why(): WaitWhy {
    return { kind: this.slot.isPaused ? 'resting' : 'turn' };
  }
}

export interface AccountCall {
  readonly ports: Ports;
  readonly system: BusinessSystem;
  readonly account: AccountRef;
  readonly attempt: Attempt;
  /** A slot that was taken for the first request. */
  readonly slot?: Slot;
  /** No request starts after this, in epoch milliseconds. */
  readonly startBy?: number;
}

/**
 * Runs work that calls a system, with the account's credentials. Where these are refused, it is run once more with newer ones:
 * a refusal counts as revoked only when nobody has renewed the grant in the meantime and it cannot be renewed.
 */
export async function withAccount<T>(call: AccountCall, work: (api: Api) => Promise<T>): Promise<T> {
  const grant = await currentGrant(call);
  try {
    return await work(apiFor(call, grant, call.slot));
  } catch (error) {
    if (!(error instanceof CredentialsRevoked)) throw error;
    const renewed = await renewedGrant(call, grant.version);
    if (renewed === undefined) throw error;
    return await work(apiFor(call, renewed, undefined));
  }
}

/**
 * Waits for a slot of the account, if it is close.
 * @throws {TurnLater} with the slot, if it is not: to be presented on return.
 */
export async function takeTurn(call: AccountCall, scopes: readonly string[], held?: Slot): Promise<Slot> {
  const { ports, account, system, attempt } = call;
  const now = ports.clock.now();
  if (Object.keys(system.facts.budgets.account).length === 0) return { at: now, scopes: [], probes: false, isPaused: false };
  const slot = isStillGood(held, scopes, now)
    ? held
    : await ports.limits.take({ account: account.id, scopes: ['api', ...scopes], rates: system.facts.budgets.account, now });
  const wait = slot.at - ports.clock.now();
  if (wait > LONGEST_WAIT_MS) throw new TurnLater(slot);
  if (wait > 0) await ports.clock.sleep(wait, attempt.signal);
  return slot;
}

/** A slot that was not used for long is no longer anybody's turn. */
const SLOT_LIFE_MS = 60_000;

const isStillGood = (held: Slot | undefined, scopes: readonly string[], now: number): held is Slot =>
  held !== undefined && held.at > now - SLOT_LIFE_MS && scopes.every((scope) => held.scopes.includes(scope));

function apiFor(call: AccountCall, grant: StoredGrant, prepaid: Slot | undefined): Api {
  const { ports, system, account } = call;
  let slot = prepaid;
  return {
    key: account.key,
    data: account.data,
    operator: ports.settings.operator(system.name),
    now: () => ports.clock.now(),
    request: async (request) => {
      const turn = slot ?? (await takeTurn(call, request.scopes ?? []));
      slot = undefined;
      return await send(call, system.authorize(request, grant.credentials), turn);
    },
  };
}

async function send(call: AccountCall, request: HttpRequest, turn: Slot): Promise<HttpAnswer> {
  const { ports, account, attempt, startBy } = call;
  if (startBy !== undefined && ports.clock.now() > startBy)
    throw new Unavailable('the request came too late to be sent; it is planned again');
  const answer = await ports.http(request, attempt.signal).catch(async (error: unknown) => {
    if (turn.scopes.length > 0) await ports.limits.missed(account.id, turn.scopes, ports.clock.now());
    throw error;
  });
  if (turn.probes && answer.status < 500 && answer.status !== 429) {
    await ports.limits.passed(account.id, turn.scopes, ports.clock.now());
  }
  return answer;
}
