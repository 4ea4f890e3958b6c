import { z } from 'zod';
import { MINUTE } from '../../../domain/time.ts';

const count = z.number().int().positive();
const ms = z.number().int().nonnegative();

/** What can be set about a sandbox workspace. Times are milliseconds of the sandbox clock unless said otherwise. */
export const settingsSchema = z.object({
  /** Whether calls are limited at all. */
  rateLimits: z.boolean().default(true),
  /** Calls a minute of one method by one app, for each tier. */
  tier1: count.default(1),
  tier2: count.default(20),
  tier3: count.default(50),
  tier4: count.default(100),
  /** Of the methods that have rules of their own, such as `auth.test`. */
  specialTier: count.default(300),
  /** Posts to one channel are limited to one a second; so many may come at once. */
  postBurst: count.default(1),
  /** Posts of an app in the whole workspace. */
  postsPerMinute: count.default(300),
  /** What whoever installs an app declines, of the scopes that it declares optional. */
  declinedScopes: z.array(z.string()).default([]),
  /** Life of tokens of apps with token rotation. Seconds. */
  accessTokenSeconds: count.default(43_200),
  /** Who may post in the general channel, and who may open channels. An owner's choice binds apps too. */
  generalPosting: z.enum(['everyone', 'admins']).default('everyone'),
  channelCreation: z.enum(['everyone', 'admins']).default('everyone'),
  fileUploads: z.boolean().default(true),
  maxFileBytes: count.default(1024 * 1024 * 1024),
  /** Whether a post with a `client_msg_id` that was used before in the channel is dropped. Undocumented. */
  dropsRepeatedClientMsgIds: z.boolean().default(false),
  eventDelayMs: ms.default(0),
  /** How long a receiver of events and commands may take. Real milliseconds. */
  answerTimeoutMs: count.default(3_000),
  /** Pauses before a failed event is sent again; as many as there are retries. */
  eventRetryMs: z.array(ms).default([0, MINUTE, 5 * MINUTE]),
  responseUrlMs: ms.default(30 * MINUTE),
  responseUrlUses: count.default(5),
});

export type Settings = z.infer<typeof settingsSchema>;

export type SettingsChange = z.input<typeof settingsSchema>;
