import type { AccountCall } from './account-call.ts';
import { withAccount } from './api.ts';
import type { Attempt } from './attempt.ts';
import type { AccountRow } from './account-store.ts';
import type { BusinessSystem, ResourceStep, Wanted } from './business-system.ts';
import type { AccountInput, ApplyInput, PollResult, ReconcileResult } from './contract.ts';
import type { Ports } from './ports.ts';
import { CredentialsRevoked, DestinationGone, SystemError } from './system-error.ts';
import type { DirtyThread } from './thread-store.ts';
import { MINUTE } from '../src/domain/time.ts';

/** What was asked about the account's changes goes back this far at first, and overlaps by so much. */
const FIRST_LOOK_BACK_MS = 60 * 60_000;
const OVERLAP_MS = 5 * 60_000;
/** How long somebody who looks on waits for the account's turn. */
const LOOK_PATIENCE_MS = 5_000;

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
  const steps = await planned({ ports, system, attempt, account }).catch((error: unknown) => {
    // Whoever leaves needs no access any more, and may have given it back already.
    if (error instanceof CredentialsRevoked && !account.wanted) return [];
    throw error;
  });
  if (steps.length === 0) {
    if (!account.wanted) await revoke({ ports, system, attempt, account });
    await ports.accounts.reconciled(account.id);
    return { steps, wanted: account.wanted, summary: account.wanted ? 'all is as wanted' : 'all of ours is removed' };
  }
  await ports.accounts.progress(account.id, { text: steps[0]?.summary ?? '' });
  return { steps, wanted: account.wanted, summary: steps.map((step) => step.summary).join(', then ') };
}

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
): Promise<readonly ResourceStep[]> {
  const account = await ports.accounts.find(system.name, accountKey);
  const { resources } = system;
  if (account === undefined || resources === undefined) return [];
  const wanted = { ...account, wanted: goal === 'asWanted' && account.wanted };
  const call = { ...callOf({ ports, system, attempt, account }), patienceMs: LOOK_PATIENCE_MS };
  return await withAccount(call, (api) => resources.plan(wantedOf(ports, system, wanted), api));
}

/** Applies one step and keeps what it returned. */
export async function apply(ports: Ports, system: BusinessSystem, input: ApplyInput, attempt: Attempt): Promise<void> {
  const account = await ports.accounts.find(system.name, input.accountKey);
  if (account === undefined || system.resources === undefined) return;
  const { resources } = system;
  const call = callOf({ ports, system, attempt, account });
  const applied = await toldOnFailure({ ports, system, attempt, account }, () =>
    withAccount(call, (api) => resources.apply(input.step, wantedOf(ports, system, account), api)),
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
  if (account === undefined || !account.wanted || system.changed === undefined)
    return { summary: 'nothing to ask for', dirty: 0 };
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

async function planned(accounting: Accounting): Promise<ReconcileResult['steps']> {
  const { ports, system, account } = accounting;
  const { resources } = system;
  if (resources === undefined) return [];
  return await toldOnFailure(accounting, () =>
    withAccount(callOf(accounting), (api) => resources.plan(wantedOf(ports, system, account), api)),
  );
}

/** What keeps an account from being set up stands where people look; what needs a person parks its destinations. */
async function toldOnFailure<T>({ ports, account }: Accounting, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SystemError)
      await ports.accounts.progress(account.id, { text: 'waiting to try again', problem: error.message });
    if (error instanceof CredentialsRevoked || error instanceof DestinationGone) {
      await ports.accounts.park(account.generations, error.message, ports.clock.now());
    }
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

/** These wait for their turn here: they come back too seldom to queue up anew. */
const callOf = ({ ports, system, attempt, account }: Accounting): AccountCall => ({
  ports,
  system,
  attempt,
  account,
  patienceMs: 3 * MINUTE,
});
