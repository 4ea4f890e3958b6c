import { changeProfile } from '../../db/change-profile.ts';
import type { Profile } from '../../db/app-users.ts';
import type { AppUserId } from '../../domain/ids.ts';
import type { ApiDeps } from '../deps.ts';
import { ringAccepted } from '../ring-accepted.ts';

/** Commits a change of a profile, then rings whoever is to be told of it. Nobody waits for that. */
export async function keepProfile(deps: ApiDeps, user: AppUserId, profile: Profile): Promise<void> {
  const news = await changeProfile(deps.db, user, profile, deps.clock.now());
  if (news !== undefined) ringAccepted(deps, { conversation: news.conversation, role: 'profile', accepted: news });
}
