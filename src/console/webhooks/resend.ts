import { withAccount } from '../../../activities/api.ts';
import { SystemError } from '../../../activities/system-error.ts';
import { findSent, noteResent } from '../../db/console/deliveries.ts';
import type { StoredWebhook } from '../../db/webhooks/read.ts';
import { SECOND } from '../../domain/time.ts';
import type { ConsoleDeps } from '../deps.ts';

/** Somebody waits for it at a screen. */
const PATIENCE_MS = 25 * SECOND;

/**
 * Sends once more what a webhook has taken, with the same bytes: its receiver knows them by their ids. The ledger stays as it is.
 * @returns what went wrong, if anything; `undefined` when there was nothing to send.
 */
export async function resend(
  { db, ports, systems }: ConsoleDeps,
  { account, destination, id }: StoredWebhook,
  effect: string,
): Promise<{ readonly problem?: string } | undefined> {
  const sent = await findSent(db, destination, effect);
  const system = systems.find(({ name }) => name === 'app');
  const row = await ports.accounts.find('app', id);
  if (sent === undefined || system === undefined || row?.id !== account) return undefined;
  const attempt = { signal: AbortSignal.timeout(PATIENCE_MS), isLast: true };
  const outcome = await withAccount({ ports, system, account: row, attempt }, (api) =>
    system.perform({ ...sent, makes: undefined }, api),
  ).then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof SystemError)) throw error;
      return error.message;
    },
  );
  await noteResent(db, sent.id, ports.clock.now(), outcome ?? 'done');
  return outcome === undefined ? {} : { problem: outcome };
}
