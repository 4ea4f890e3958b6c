import { MINUTE, SECOND } from '../../../domain/time.ts';
import { type Limit, takeSliding } from '../../sliding-limit.ts';
import { rateLimited } from '../api/problem.ts';
import type { Method } from '../api/call.ts';
import type { SlackSession } from './session.ts';

/** Counts a call of a method by an app, or by a person's token. @throws {Refusal} 429 */
export async function takeCall(session: SlackSession, by: string, { name, tier }: Method): Promise<void> {
  const { settings } = session.state;
  const totals = { 1: settings.tier1, 2: settings.tier2, 3: settings.tier3, 4: settings.tier4, special: settings.specialTier };
  await take(session, { name: `${by}:${name}`, total: totals[tier], periodMs: MINUTE });
}

/** Counts a post: one a second in a channel, several hundred a minute in the workspace. @throws {Refusal} 429 */
export async function takePost(session: SlackSession, by: string, channelId: string): Promise<void> {
  const { postBurst, postsPerMinute } = session.state.settings;
  await take(session, { name: `${by}:post:${channelId}`, total: postBurst, periodMs: postBurst * SECOND });
  await take(session, { name: `${by}:posts`, total: postsPerMinute, periodMs: MINUTE });
}

async function take(session: SlackSession, limit: Limit): Promise<void> {
  if (!session.state.settings.rateLimits) return;
  const verdict = await takeSliding(session, limit);
  if (!verdict.allowed) throw rateLimited(verdict.resets);
}
