import type { AccountCall } from './account-call.ts';
import { withAccount } from './api.ts';
import type { Attempt } from './attempt.ts';
import type { AccountRow } from './account-store.ts';
import type { BusinessSystem } from './business-system.ts';
import type { ResourcePlan, ResourceStep, Wanted } from './resources.ts';
import type { AccountInput, ApplyInput, PollResult, ReconcileResult } from './contract.ts';
import { currentGrant } from './grants.ts';
import type { Ports } from './ports.ts';
import { CredentialsRevoked, RateLimited, SystemError } from './system-error.ts';
import type { DirtyThread } from './thread-store.ts';
import type { JsonObject } from '../src/domain/json.ts';

/** What was asked about the account's changes goes back this far at first, and overlaps by so much. */
const FIRST_LOOK_BACK_MS = 60 * 60_000;
const OVERLAP_MS = 5 * 60_000;

/**
 * Compares what is wanted of an account with what is there.
 * @returns the steps that are left; when none is, the account's integrations are connected, or removed.
 */
export async function reconcile(
  ports: Ports,
  system: BusinessSystem,
  input: AccountInput,
  attempt: Attempt,
): Promise<ReconcileResult> {
  const account = await ports.accounts.find(system.name, input.accountKey);
  if (account === undefined || !(account.wanted || account.leaving))
    return { steps: [], wanted: false, summary: 'nobody wants this account' };
  const accounting = { ports, system, attempt, account };
  const { steps, notices, leavesBehind } = await planned(accounting);
  await ports.accounts.compared(account.id, { at: ports.clock.now(), steps: steps.map(({ summary }) => summary), notices });
  const told = notices.length === 0 ? {} : { notices };
  const [step] = steps;
  if (step === undefined) {
    if (!account.wanted) await revoke(accounting);
    await ports.accounts.reconciled(account.id, leavesBehind);
    const gone = leavesBehind ? 'removed, but for what is left to do by hand' : 'all of ours is removed';
    return { steps, wanted: account.wanted, summary: account.wanted ? 'all is as wanted' : gone, ...told };
  }
  await ports.accounts.progress(account.id, { text: progressOf(step, steps.length) });
  return { steps, wanted: account.wanted, summary: steps.map(({ summary }) => summary).join(', then '), ...told };
}

const progressOf = (step: ResourceStep, left: number): string =>
  left === 1 ? step.summary : `${step.summary}, and ${left - 1} more to do`;

/**
 * Compares what is wanted of an account with what is there, for somebody who looks on. Changes nothing and tells nobody.
 * @param goal what to compare with: as things are, or as they would be without the integrations.
 * @throws {SystemError} when the account does not let us look.
 */
export async function compare(
  ports: Ports,
  system: BusinessSystem,
  { accountKey, goal }: AccountInput & { readonly goal: 'asWanted' | 'nothing' },
  attempt: Attempt,
): Promise<ResourcePlan> {
  const account = await ports.accounts.find(system.name, accountKey);
  const { resources } = system;
  if (account === undefined || resources === undefined) return { steps: [], notices: [] };
  const wanted = { ...account, wanted: goal === 'asWanted' && account.wanted };
  const call = callOf({ ports, system, attempt, account });
  return await withAccount(call, (api) => resources.plan(wantedOf(ports, system, wanted), api));
}

/** Applies one step and keeps what it returned. */
export async function apply(ports: Ports, system: BusinessSystem, input: ApplyInput, attempt: Attempt): Promise<void> {
  const account = await ports.accounts.find(system.name, input.accountKey);
  if (account === undefined || system.resources === undefined) return;
  const { resources } = system;
  const call = callOf({ ports, system, attempt, account });
  const applied = await toldOnFailure({ ports, system, attempt, account }, () =>
    withAccount(call, (api) => {
      const keep = (data: JsonObject): Promise<void> => ports.accounts.learn(account.id, data);
      return resources.apply(input.step, wantedOf(ports, system, account), { ...api, keep });
    }),
  );
  await ports.accounts.keep(account.id, applied.data ?? {}, applied.secrets ?? {});
}

/** Asks in which threads something happened, and marks them dirty: that is how a lost webhook is found. */
export async function poll(
  ports: Ports,
  system: BusinessSystem,
  input: AccountInput,
  attempt: Attempt,
  ring: (threads: readonly DirtyThread[]) => Promise<void>,
): Promise<PollResult> {
  const account = await ports.accounts.find(system.name, input.accountKey);
  if (account === undefined || !account.wanted) return { summary: 'nobody wants this account', dirty: 0 };
  if (system.changed === undefined) {
    // Whatever calls an account renews its grant in time; where nothing does, this is what does.
    await toldOnFailure({ ports, system, attempt, account }, () => currentGrant(callOf({ ports, system, attempt, account })));
    return { summary: 'nothing to ask for', dirty: 0 };
  }
  const now = ports.clock.now();
  const since = (account.polledUntil ?? now - FIRST_LOOK_BACK_MS) - OVERLAP_MS;
  const changed = await toldOnFailure({ ports, system, attempt, account }, () =>
    withAccount(callOf({ ports, system, attempt, account }), async (api) => await system.changed?.(since, api)),
  );
  const dirty = await ports.threads.dirty(account.id, changed?.threads ?? [], now);
  await ring(dirty);
  await ports.accounts.polled(account.id, changed?.until ?? now);
  return { summary: `${dirty.length} of our threads changed`, dirty: dirty.length };
}

interface Accounting {
  readonly ports: Ports;
  readonly system: BusinessSystem;
  readonly attempt: Attempt;
  readonly account: AccountRow;
}

interface Planned extends ResourcePlan {
  /** Our access ended before all of ours was removed. */
  readonly leavesBehind: boolean;
}

async function planned(accounting: Accounting): Promise<Planned> {
  const { ports, system, account } = accounting;
  const { resources } = system;
  if (resources === undefined) return { steps: [], notices: [], leavesBehind: false };
  const wanted = wantedOf(ports, system, account);
  try {
    const plan = await toldOnFailure(accounting, () => withAccount(callOf(accounting), (api) => resources.plan(wanted, api)));
    return { ...plan, leavesBehind: false };
  } catch (error) {
    // Whoever leaves needs no access any more, and may have given it back already.
    if (!(error instanceof CredentialsRevoked) || account.wanted) throw error;
    const operator = ports.settings.operator(system.name);
    const notices = resources.byHand?.(wanted, { key: account.key, data: account.data, operator }) ?? [];
    return { steps: [], notices, leavesBehind: notices.length > 0 };
  }
}

/** What keeps an account from being set up stands where people look; access that has ended parks its destinations. */
async function toldOnFailure<T>({ ports, account }: Accounting, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RateLimited) await ports.limits.pause(account.id, error.scope, error.until);
    else if (error instanceof SystemError)
      await ports.accounts.progress(account.id, { text: 'waiting to try again', problem: error.message });
    // Other refusals concern the work on the account alone: whether messages are taken, their rounds find out.
    if (error instanceof CredentialsRevoked) await ports.accounts.park(account.generations, error.message, ports.clock.now());
    throw error;
  }
}

/** The grant goes last. That the system does not hear of it must not keep the account for ever. */
async function revoke({ ports, system, attempt, account }: Accounting): Promise<void> {
  const { disconnect } = system.connect;
  if (disconnect === undefined) return;
  try {
    await withAccount(callOf({ ports, system, attempt, account }), (api) => disconnect(api));
  } catch (error) {
    if (!(error instanceof SystemError) || (!attempt.isLast && !(error instanceof CredentialsRevoked))) throw error;
  }
}

const wantedOf = (ports: Ports, system: BusinessSystem, account: AccountRow): Wanted => ({
  installation: ports.settings.installation,
  hookUrl: `${ports.settings.publicUrl}/hooks/${system.name}/${account.id}`,
  present: account.wanted,
  secrets: account.secrets,
});

const callOf = ({ ports, system, attempt, account }: Accounting): AccountCall => ({
  ports,
  system,
  attempt,
  account,
  goesAhead: true,
});
