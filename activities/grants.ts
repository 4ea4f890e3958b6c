import type { AccountCall } from './account-call.ts';
import type { Grant } from './business-system.ts';
import type { StoredGrant } from './account-store.ts';
import { CredentialsRevoked, OutcomeUnknown, Unavailable } from './system-error.ts';
import { SECOND } from '../src/domain/time.ts';

/** Longer than a refresh can take: whoever holds the lease longer than this is dead. */
const LEASE_MS = 30 * SECOND;
/** How long before its end a token is no longer used. */
const MARGIN_MS = 5 * SECOND;
const POLL_MS = 250;

/**
 * The account's credentials, rotated first when they are past half of their life.
 *
 * One process rotates at a time; the others go on with the old credentials while these last.
 * @throws {CredentialsRevoked} when there are none, or they have ended and cannot be renewed.
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
  return isUsable ? grant : await waitForOther(call, grant, now + LEASE_MS);
}

/** The fresh pair is stored before anyone uses it: the old one is dead from here on. */
async function refreshAndStore(call: AccountCall, grant: StoredGrant): Promise<StoredGrant> {
  const { ports, system, account } = call;
  const operator = ports.settings.operator(system.name);
  let fresh: Grant | undefined;
  try {
    fresh = await system.refresh?.(
      grant.credentials,
      { key: account.key, data: account.data, operator },
      ports.clock.now(),
      ports.http,
    );
  } catch (error) {
    await ports.accounts.releaseGrant(account.id, grant.version);
    // For whoever waits for the credentials it is the same: their own request was not sent.
    throw error instanceof OutcomeUnknown ? new Unavailable(error.message, { cause: error }) : error;
  }
  if (fresh === undefined) return grant;
  await ports.accounts.rotateGrant(account.id, grant.version, fresh, ports.clock.now());
  return await storedGrant(call);
}

async function waitForOther(call: AccountCall, old: StoredGrant, until: number): Promise<StoredGrant> {
  const { clock } = call.ports;
  while (clock.now() < until) {
    await clock.sleep(POLL_MS, call.attempt.signal);
    const grant = await storedGrant(call);
    if (grant.version !== old.version) return grant;
    if (grant.rotatingUntil === undefined) break;
  }
  throw new Unavailable(`${call.system.name}: the credentials are being renewed by another process, which does not finish`);
}

async function storedGrant(call: AccountCall): Promise<StoredGrant> {
  const grant = await call.ports.accounts.grant(call.account.id);
  if (grant === undefined)
    throw new CredentialsRevoked(`${call.system.name}: the account was disconnected [account=${call.account.id}]`);
  return grant;
}
