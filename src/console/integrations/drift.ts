import type { ResourcePlan } from '../../../activities/resources.ts';
import { compare } from '../../../activities/reconcile.ts';
import { SystemError } from '../../../activities/system-error.ts';
import { SECOND } from '../../domain/time.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { Found } from './found.ts';

/** What differs at the account, or why nobody can tell. */
export type Difference = ResourcePlan | { readonly problem: string };

/** Somebody waits for it at a screen. */
const PATIENCE_MS = 15 * SECOND;

/** Looks at the account. @param goal what to compare with: as things are, or as they would be without this integration. */
export async function look(
  { ports }: ConsoleDeps,
  { system, view }: Pick<Found, 'system' | 'view'>,
  goal: 'asWanted' | 'nothing',
): Promise<Difference> {
  const attempt = { signal: AbortSignal.timeout(PATIENCE_MS), isLast: true };
  try {
    return await compare(ports, system, { system: system.name, accountKey: view.accountKey, goal }, attempt);
  } catch (error) {
    if (error instanceof SystemError) return { problem: error.message };
    if (attempt.signal.aborted) return { problem: `${system.facts.label} did not answer in time` };
    throw error;
  }
}
