import type { AccountCall } from './account-call.ts';
import { budgetsOf } from './account-call.ts';
import type { Slot } from './limit-store.ts';
import { MINUTE, SECOND } from '../src/domain/time.ts';
import type { WaitWhy } from '../src/domain/lane-state.ts';

/** A slot of the account that is further away is not waited for here: the lane sleeps and comes back with it. */
const LONGEST_WAIT_MS = 2 * SECOND;
/** Work on the account waits for longer: it comes back too seldom to queue up anew. */
const LONGEST_WAIT_AHEAD_MS = 3 * MINUTE;
/** A slot that was not used for long is no longer anybody's turn. */
const SLOT_LIFE_MS = MINUTE;

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

/**
 * Waits for a slot of the account, if it is close.
 * @param held a slot that was waited for before: presented now, and taken if it is still good.
 * @throws {TurnLater} with the slot, if it is not close: to be presented on return.
 */
export async function takeTurn(call: AccountCall, scopes: readonly string[], held?: Slot): Promise<Slot> {
  const { ports, attempt } = call;
  if (call.goesAhead === true) return await goAhead(call, scopes);
  const slot = (await goodSlot(call, scopes, held)) ?? (await takeSlot(call, scopes));
  const wait = slot.at - ports.clock.now();
  if (wait > (call.patienceMs ?? LONGEST_WAIT_MS)) throw new TurnLater(slot);
  if (wait > 0) await ports.clock.sleep(wait, attempt.signal);
  return await countLater(call, slot);
}

/**
 * Has the limits that were left for later count the call, now that it is made. It does not queue up there again: it would come to
 * the strict limit, whose turn it has, together with others. Those who come later wait for it.
 * @throws {TurnLater} where the account is left alone meanwhile.
 */
async function countLater(call: AccountCall, slot: Slot): Promise<Slot> {
  const counted: Slot[] = [];
  for (const scope of slot.later ?? []) counted.push(await takeIn(call, [scope]));
  const all = [slot, ...counted];
  const turn = { ...slot, later: [], scopes: all.flatMap(({ scopes }) => scopes), probes: all.some(({ probes }) => probes) };
  const paused = counted.find(({ isPaused }) => isPaused);
  if (paused !== undefined) throw new TurnLater({ ...turn, at: paused.at, isPaused: true });
  return turn;
}

/** Before those who queue up for the account's calls, but in line for a limit of its own, which is strict. */
async function goAhead(call: AccountCall, scopes: readonly string[]): Promise<Slot> {
  const { ports, attempt } = call;
  const slot = await takeSlot(call, []);
  const own = scopes.length === 0 ? slot : await takeIn(call, scopes);
  const wait = Math.max(Math.min(slot.at - ports.clock.now(), LONGEST_WAIT_MS), own === slot ? 0 : own.at - ports.clock.now());
  if (slot.isPaused || own.isPaused || wait > LONGEST_WAIT_AHEAD_MS) throw new TurnLater(own.at > slot.at ? own : slot);
  if (wait > 0) await ports.clock.sleep(wait, attempt.signal);
  const turn = await countLater(call, own);
  return { ...turn, scopes: slot.scopes.length === 0 ? [] : ['api', ...scopes], probes: slot.probes || turn.probes };
}

/** A slot for a call that is made at once: it counts, and those who come later wait for it. */
export async function takeSlot(call: AccountCall, scopes: readonly string[]): Promise<Slot> {
  return await takeIn(call, ['api', ...scopes]);
}

async function takeIn(call: AccountCall, scopes: readonly string[]): Promise<Slot> {
  const { ports, account } = call;
  const now = ports.clock.now();
  const rates = budgetsOf(call).account;
  if (Object.keys(rates).length === 0) return { at: now, scopes: [], probes: false, isPaused: false };
  return await ports.limits.take({ account: account.id, scopes, rates, now });
}

async function goodSlot(call: AccountCall, scopes: readonly string[], held: Slot | undefined): Promise<Slot | undefined> {
  const { ports, account } = call;
  if (held === undefined || !scopes.every((scope) => [...held.scopes, ...(held.later ?? [])].includes(scope))) return undefined;
  const now = ports.clock.now();
  if (held.at <= now - SLOT_LIFE_MS) return undefined;
  return (await ports.limits.isGood(account.id, held.scopes)) ? { ...held, isPaused: false } : undefined;
}

/** Whether a slot was taken for just these limits. */
export const isFor = (slot: Slot, scopes: readonly string[]): boolean =>
  slot.scopes.length === 0 || [...slot.scopes].toSorted().join() === ['api', ...scopes].toSorted().join();
