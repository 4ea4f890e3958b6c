import type { BusinessSystem } from '../../activities/business-system.ts';
import type { Connected } from '../../activities/connect.ts';
import { noteOutcome } from '../db/connect-states.ts';
import { storeConnected } from '../db/integrations/connect.ts';
import type { Held } from '../db/integrations/connect.ts';
import type { AppId, IntegrationId } from '../domain/ids.ts';
import type { ConnectDeps } from './deps.ts';
import { wakeAccount } from './wake-account.ts';

export interface ConnectedAccount {
  readonly app: AppId;
  readonly system: BusinessSystem;
  readonly connected: Connected;
  /** What a new integration is called. */
  readonly integration: IntegrationId;
  /** What becomes of messages that wait for the account. Default: they are delivered. */
  readonly held?: Held;
  /** The step of the flow that this ends. */
  readonly stateHash?: string;
}

/** Keeps a connected account in one transaction, and wakes its workflow, which sets up what is shared there. @returns the integration. */
export async function saveConnected(deps: ConnectDeps, account: ConnectedAccount): Promise<IntegrationId> {
  const { stateHash, ...connection } = account;
  const integration = await deps.db.transaction().execute(async (tx) => {
    const id = await storeConnected(tx, deps.vault, { ...connection, now: deps.clock.now() });
    if (stateHash !== undefined) await noteOutcome(tx, stateHash, id);
    return id;
  });
  wakeAccount(deps, account.system.name, account.connected.accountKey);
  return integration;
}
