import type { AccountCall } from './account-call.ts';
import type { Grant } from './business-system.ts';
import type { StoredGrant } from './account-store.ts';
import { AccountRests, CredentialsRevoked, OutcomeUnknown, Unavailable } from './system-error.ts';
import { SECOND } from '../src/domain/time.ts';

/** Longer than a refresh can take: whoever holds the lease longer than this is dead. */
const LEASE_MS = 30 * SECOND;
/** How long before its end a token is no longer used. */
const MARGIN_MS = 5 * SECOND;
const POLL_MS = 100;
/** So long at most credentials that another process renews are waited for. */
const LONGEST_WAIT_MS = 2 * SECOND;
/** After a refresh that failed nobody tries again for so long. Shorter than a lease, which tells the one from the other. */
const REST_MS = 15 * SECOND;

/**
 * The account's credentials, rotated first when they are past half of their life.
 *
 * One process rotates at a time; the others go on with the old credentials while these last.
 * @throws {CredentialsRevoked} when there are none, or they have ended and cannot be renewed.
 * @throws {AccountRests} when renewing them takes long, or has just failed.
 */
export async function currentGrant(call: AccountCall): Promise<StoredGrant> {
  const { ports, system, account } = call;
  const grant = await ports.accounts.grant(account.id);
  if (grant === undefined) throw new CredentialsRevoked(`${system.name}: the account is not connected [account=${account.id}]`);
  const now = ports.clock.now();
  if (system.refresh === undefined || grant.renewAt === undefined || now < grant.renewAt) return grant;
  const isUsable = grant.expiresAt === undefined || now < grant.expiresAt - MARGIN_MS;
  try {
    return await rotate(call, grant, isUsable);
  } catch (error) {
    if (isUsable && !(error instanceof CredentialsRevoked)) return grant;
    throw error;
  }
}

/**
 * Newer credentials than the ones that were refused: someone else's, or fresh ones.
 * @returns `undefined` when the refused ones are the newest and cannot be renewed.
 */
export async function renewedGrant(call: AccountCall, refused: number): Promise<StoredGrant | undefined> {
  const grant = await call.ports.accounts.grant(call.account.id);
  if (grant === undefined) return undefined;
  if (grant.version !== refused) return grant;
  return call.system.refresh === undefined ? undefined : await rotate(call, grant, false);
}

async function rotate(call: AccountCall, grant: StoredGrant, isUsable: boolean): Promise<StoredGrant> {
  const { accounts, clock } = call.ports;
  const now = clock.now();
  const isMine = await accounts.leaseGrant(call.account.id, grant.version, now, now + LEASE_MS);
  if (isMine) return await refreshAndStore(call, grant);
  return isUsable ? grant : await waitForOther(call, grant);
}

/** The fresh pair is stored before anyone uses it: the old one is dead from here on. */
async function refreshAndStore(call: AccountCall, grant: StoredGrant): Promise<StoredGrant> {
  const { ports, system, account } = call;
  const operator = ports.settings.operator(system.name);
  const began = ports.clock.now();
  let fresh: Grant | undefined;
  try {
    fresh = await system.refresh?.(grant.credentials, { key: account.key, data: account.data, operator }, began, ports.http);
  } catch (error) {
    return await afterFailure(call, { grant, began, error });
  }
  if (fresh === undefined) return grant;
  await ports.accounts.rotateGrant(account.id, grant.version, fresh, ports.clock.now());
  return await storedGrant(call);
}

/** @returns newer credentials, where somebody connected the account again meanwhile. */
async function afterFailure(
  call: AccountCall,
  { grant, began, error }: { readonly grant: StoredGrant; readonly began: number; readonly error: unknown },
): Promise<StoredGrant> {
  const { ports, account } = call;
  const now = ports.clock.now();
  if (error instanceof CredentialsRevoked) {
    await ports.accounts.releaseGrant(account.id, grant.version, now);
    const newest = await storedGrant(call);
    if (newest.version !== grant.version) return newest;
    throw error;
  }
  // Whoever comes next would meet the same: the lease is kept for a while.
  await ports.accounts.releaseGrant(account.id, grant.version, now + REST_MS);
  await ports.limits.missed({ account: account.id, scopes: ['api'], began, now });
  // For whoever waits for the credentials it is the same: their own request was not sent.
  throw error instanceof OutcomeUnknown ? new Unavailable(error.message, { cause: error }) : error;
}

/** Renewing takes a moment. Where it takes longer, or has just failed, nobody waits here in the way of other accounts. */
async function waitForOther(call: AccountCall, old: StoredGrant): Promise<StoredGrant> {
  const { clock } = call.ports;
  const began = clock.now();
  for (;;) {
    const grant = await storedGrant(call);
    const { rotatingUntil } = grant;
    if (grant.version !== old.version) return grant;
    const now = clock.now();
    if (rotatingUntil === undefined || rotatingUntil <= now)
      throw new Unavailable(`${call.system.facts.label}: the credentials could not be renewed`);
    if (rotatingUntil - now <= REST_MS || now - began >= LONGEST_WAIT_MS)
      throw new AccountRests(`${call.system.facts.label}: the credentials are being renewed`, { until: rotatingUntil });
    await clock.sleep(POLL_MS, call.attempt.signal);
  }
}

async function storedGrant(call: AccountCall): Promise<StoredGrant> {
  const grant = await call.ports.accounts.grant(call.account.id);
  if (grant === undefined)
    throw new CredentialsRevoked(`${call.system.name}: the account was disconnected [account=${call.account.id}]`);
  return grant;
}
