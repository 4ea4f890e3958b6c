import type { AccountCall } from './account-call.ts';
import type { Api } from './business-system.ts';
import { download } from './download.ts';
import { currentGrant, renewedGrant } from './grants.ts';
import type { HttpAnswer, HttpRequest } from './http.ts';
import type { StoredGrant } from './account-store.ts';
import type { Slot } from './limit-store.ts';
import { AccountRests, CredentialsRevoked, Unavailable } from './system-error.ts';
import { isFor, takeSlot, takeTurn } from './turns.ts';
import { sameJson } from '../src/domain/json.ts';
import type { JsonObject } from '../src/domain/json.ts';
import { SECOND } from '../src/domain/time.ts';

/**
 * Runs work that calls a system, with the account's credentials. Where these are refused, it is run once more with newer ones:
 * a refusal counts as revoked only when nobody has renewed the grant in the meantime and it cannot be renewed.
 *
 * The first request waits for its turn; those that follow it are made at once, and count: work that had to go back to the end of
 * the queue in its midst would never come to its end.
 * @throws {TurnLater} before the first request, where its turn is far away.
 * @throws {AccountRests} before the first request, where others wait for the account's answers already.
 */
export async function withAccount<T>(call: AccountCall, work: (api: Api) => Promise<T>): Promise<T> {
  const { account, ports, system } = call;
  const leave = ports.crowd.enter(account.id);
  if (leave === undefined)
    throw new AccountRests(`${system.facts.label}: many calls wait for answers`, { until: ports.clock.now() + CROWDED_MS });
  try {
    return await withGrant(call, work);
  } finally {
    leave();
  }
}

/** After so long there is room again, or calls were given up and the account is left alone. */
const CROWDED_MS = 5 * SECOND;

async function withGrant<T>(call: AccountCall, work: (api: Api) => Promise<T>): Promise<T> {
  const grant = await currentGrant(call);
  try {
    return await work(apiFor(call, grant, call.slot));
  } catch (error) {
    if (!(error instanceof CredentialsRevoked)) throw error;
    const renewed = await renewedGrant(call, grant.version);
    if (renewed === undefined) throw error;
    return await work(apiFor(call, renewed, await takeSlot(call, [])));
  }
}

function apiFor(call: AccountCall, grant: StoredGrant, prepaid: Slot | undefined): Api {
  const { ports, system, account } = call;
  let { held } = call;
  let slot = prepaid;
  let hasBegun = prepaid !== undefined;
  let hasLooked = false;

  async function turnFor(scopes: readonly string[]): Promise<Slot> {
    if (slot !== undefined && isFor(slot, scopes)) {
      const turn = slot;
      slot = undefined;
      if (hasLooked) await takeSlot(call, []);
      return turn;
    }
    // A look before the call that the slot is for is made under it: it is the first to find out whether anybody answers.
    if (slot !== undefined && scopes.length === 0 && !hasLooked) {
      hasLooked = true;
      return { ...slot, scopes: slot.scopes.filter((scope) => scope === 'api') };
    }
    // A limit of its own is strict: such a call waits for its turn also in the midst of work.
    const turn = hasBegun && scopes.length === 0 ? await takeSlot(call, scopes) : await takeTurn(call, scopes, held);
    held = undefined;
    hasBegun = true;
    return turn;
  }

  const learn = learner(call);
  return {
    key: account.key,
    data: account.data,
    operator: ports.settings.operator(system.name),
    now: () => ports.clock.now(),
    request: async (request) => {
      const turn = await turnFor(request.scopes ?? []);
      const answer = await send(call, system.authorize(request, grant.credentials), turn);
      await learn(answer);
      return answer;
    },
    download: (url, limit) => download(call, url, limit),
  };
}

async function send(call: AccountCall, request: HttpRequest, turn: Slot): Promise<HttpAnswer> {
  const { ports, account, attempt, startBy } = call;
  const began = ports.clock.now();
  if (startBy !== undefined && began > startBy)
    throw new Unavailable('the request came too late to be sent; it is planned again');
  const { scopes } = turn;
  const answer = await ports.http({ ...request, system: call.system.name }, attempt.signal).catch(async (error: unknown) => {
    if (scopes.length > 0) await ports.limits.missed({ account: account.id, scopes, began, now: ports.clock.now() });
    throw error;
  });
  if (turn.probes && answer.status < 500 && answer.status !== 429) await ports.limits.passed(account.id, scopes);
  return answer;
}

/** Keeps what answers tell about the account, when it is news. */
function learner({ ports, system, account }: AccountCall): (answer: HttpAnswer) => Promise<void> {
  let known: JsonObject = account.data;
  return async (answer) => {
    const learnt = system.learn?.(answer, known);
    if (learnt === undefined || Object.entries(learnt).every(([name, value]) => sameJson(known[name], value))) return;
    known = { ...known, ...learnt };
    await ports.accounts.learn(account.id, learnt);
  };
}
