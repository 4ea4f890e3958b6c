import { changeProfile } from '../../db/change-profile.ts';
import type { Profile } from '../../db/app-users.ts';
import type { AppUserId } from '../../domain/ids.ts';
import type { ApiDeps } from '../deps.ts';

/** Commits a change of a profile, then rings whoever is to be told of it. Nobody waits for that. */
export async function keepProfile(deps: ApiDeps, user: AppUserId, profile: Profile): Promise<void> {
  const news = await changeProfile(deps.db, user, profile, deps.clock.now());
  if (news === undefined) return;
  const { conversation, id: message, seq, rung: lanes } = news;
  deps.metrics.accepted.inc({ from: 'api' });
  deps.log.info({ conversation, message, seq, role: 'profile' }, 'a message was accepted');
  deps.dispatch.ring({ conversation, lanes, seq });
}
