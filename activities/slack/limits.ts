import type { Budgets, Rate } from '../business-system.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';

/** Never more than so many calls in any minute, of which some may come at once. */
const aMinute = (count: number, burst: number): Rate => ({ intervalMs: Math.ceil(MINUTE / (count - burst)), burst });

/**
 * Slack limits each method on its own, for each workspace and app; posts, in each channel.
 * @see https://docs.slack.dev/apis/web-api/rate-limits
 */
export const budgets: Budgets = {
  account: {
    api: { intervalMs: 50, burst: 50 },
    // Tier 2: twenty a minute. Each new conversation takes one of each.
    create: aMinute(20, 2),
    purpose: aMinute(20, 2),
    topic: aMinute(20, 2),
    list: aMinute(20, 5),
    // Tier 3: fifty.
    invite: aMinute(50, 5),
    history: aMinute(50, 10),
    info: aMinute(50, 10),
    update: aMinute(50, 5),
    // Tier 4: a hundred.
    members: aMinute(100, 20),
    files: aMinute(100, 10),
    // Several hundred a minute in a workspace, one a second in a channel.
    post: aMinute(240, 10),
    'channel:': { intervalMs: 1.05 * SECOND, burst: 1 },
  },
};

/** The limits of a post in a channel, the one that a refusal counts for last. */
export const postScopes = (channel: string): readonly string[] => [`channel:${channel}`, 'post'];
