import type { BusinessSystem } from '../../activities/business-system.ts';
import type { Connected } from '../../activities/connect.ts';
import { SystemError } from '../../activities/system-error.ts';
import { noteProblem } from '../db/connect-states.ts';
import type { ConnectState } from '../db/connect-states.ts';
import { openCarried } from './connect-state.ts';
import type { Carried } from './connect-state.ts';
import { ConnectStopped } from './connect-stopped.ts';
import type { ConnectDeps } from './deps.ts';
import { saveConnected } from './save-connected.ts';

/** How a flow ended. */
export interface Ended {
  readonly connected: Connected;
  readonly carried: Carried;
}

/**
 * The last step of a flow, whose token is used up: asks the system for the account, and keeps it.
 * @throws {ConnectStopped} for what a page of ours tells; nothing has changed then.
 * @throws {SystemError} when the system did not give access, and no page tells it.
 */
export async function endFlow(
  deps: ConnectDeps,
  system: BusinessSystem,
  taken: ConnectState,
  connect: (carried: Carried) => Promise<Connected>,
): Promise<Ended> {
  const { app_id: app, integration_id: integration, hash: stateHash, arrives_at: toldAt } = taken;
  try {
    const carried = openCarried(deps.vault, taken);
    const connected = await connect(carried);
    const { held } = carried;
    await saveConnected(deps, { app, system, connected, integration, stateHash, ...(held !== undefined && { held }) });
    return { connected, carried };
  } catch (error) {
    if (!(error instanceof SystemError) || toldAt === null) throw error;
    await noteProblem(deps.db, stateHash, error.message);
    throw new ConnectStopped(error.message, { cause: error, toldAt });
  }
}
