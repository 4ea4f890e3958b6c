import { removeIntegration } from '../db/integrations/remove.ts';
import type { AppId, IntegrationId } from '../domain/ids.ts';
import type { ConnectDeps } from './deps.ts';
import { wakeAccount } from './wake-account.ts';

/**
 * Ends an integration. Nothing more goes to it from now on; what is ours in its account is removed by the account's workflow.
 * @returns whether the app had such an integration.
 */
export async function disconnect(
  deps: Pick<ConnectDeps, 'db' | 'temporal' | 'log' | 'clock'>,
  { app, integration }: { readonly app: AppId; readonly integration: IntegrationId },
): Promise<boolean> {
  const account = await removeIntegration(deps.db, { app, id: integration, now: deps.clock.now() });
  if (account === undefined) return false;
  wakeAccount(deps, account.system, account.key);
  return true;
}
