import { z } from 'zod';
import { DAY, MINUTE } from '../../../domain/time.ts';

const count = z.number().int().positive();
const ms = z.number().int().nonnegative();

/** What can be set about a sandbox account. Times are milliseconds of the sandbox clock unless said otherwise. */
export const settingsSchema = z.object({
  /** Updates of one ticket in a period, whoever makes them, or for each user. */
  ticketUpdateLimit: count.default(15),
  ticketUpdatePeriodMs: ms.default(10 * MINUTE),
  ticketUpdateLimitPer: z.enum(['ticket', 'userAndTicket']).default('ticket'),
  requestsPerMinute: count.default(700),
  ticketUpdatesPerMinute: count.default(100),
  incrementalPerMinute: count.default(10),
  /** Both for `create_or_update` and updates of users. */
  userWritesPerSecond: count.default(1),
  userWritesPerUserAndMinute: count.default(5),
  /** Life of tokens when the client asks for none, in seconds. */
  accessTokenSeconds: count.default(1_800),
  refreshTokenSeconds: count.default(2_592_000),
  /** Whether the agent interface appends signatures to public comments. */
  signatures: z.boolean().default(true),
  /** How many webhooks an account may have; a trial: ten. */
  maxWebhooks: count.default(1_000),
  webhookDelayMs: ms.default(0),
  /** Pause before a failed webhook is tried again, where the receiver names none. */
  webhookRetryMs: ms.default(2_000),
  /** How long a webhook's receiver may take. Real milliseconds. */
  webhookTimeoutMs: count.default(12_000),
  /** Whether placeholders in the body of a webhook are escaped for JSON or put in as they are. */
  webhookPlaceholders: z.enum(['json', 'raw']).default('json'),
  /** Whether attachments are only shown to those who sign in. */
  privateAttachments: z.boolean().default(false),
  maxUploadBytes: count.default(50 * 1024 * 1024),
  uploadTokenMs: ms.default(60 * MINUTE),
  maxCommentsPerTicket: count.default(5_000),
  closeSolvedAfterMs: ms.default(4 * DAY),
  archiveClosedAfterMs: ms.default(120 * DAY),
  /** How far search by query lags behind. */
  searchLagMs: ms.default(0),
  /** The incremental export leaves out what is younger. */
  incrementalLagMs: ms.default(MINUTE),
});

export type Settings = z.infer<typeof settingsSchema>;

export type SettingsChange = z.input<typeof settingsSchema>;
