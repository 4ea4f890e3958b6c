import type { AccountCall } from './account-call.ts';
import { budgetsOf } from './account-call.ts';
import type { Slot } from './limit-store.ts';
import { MINUTE, SECOND } from '../src/domain/time.ts';
import type { WaitWhy } from '../src/domain/lane-state.ts';

/** A slot of the account that is further away is not waited for here: the lane sleeps and comes back with it. */
const LONGEST_WAIT_MS = 2 * SECOND;
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
  const slot = (await goodSlot(call, scopes, held)) ?? (await takeSlot(call, scopes));
  const wait = slot.at - ports.clock.now();
  if (call.goesAhead === true && !slot.isPaused) {
    await ports.clock.sleep(Math.min(Math.max(wait, 0), LONGEST_WAIT_MS), attempt.signal);
    return slot;
  }
  if (wait > (call.patienceMs ?? LONGEST_WAIT_MS)) throw new TurnLater(slot);
  if (wait > 0) await ports.clock.sleep(wait, attempt.signal);
  return slot;
}

/** A slot for a call that is made at once: it counts, and those who come later wait for it. */
export async function takeSlot(call: AccountCall, scopes: readonly string[]): Promise<Slot> {
  const { ports, account } = call;
  const now = ports.clock.now();
  const rates = budgetsOf(call).account;
  if (Object.keys(rates).length === 0) return { at: now, scopes: [], probes: false, isPaused: false };
  return await ports.limits.take({ account: account.id, scopes: ['api', ...scopes], rates, now });
}

async function goodSlot(call: AccountCall, scopes: readonly string[], held: Slot | undefined): Promise<Slot | undefined> {
  const { ports, account } = call;
  if (held === undefined || !scopes.every((scope) => held.scopes.includes(scope))) return undefined;
  const now = ports.clock.now();
  if (held.at <= now - SLOT_LIFE_MS) return undefined;
  return (await ports.limits.isGood(account.id, held.scopes)) ? { ...held, isPaused: false } : undefined;
}

/** Whether a slot was taken for just these limits. */
export const isFor = (slot: Slot, scopes: readonly string[]): boolean =>
  slot.scopes.length === 0 || [...slot.scopes].toSorted().join() === ['api', ...scopes].toSorted().join();
