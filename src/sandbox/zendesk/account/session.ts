import { z } from 'zod';
import type { Reading, Session } from '../../accounts.ts';
import { settingsSchema } from './settings.ts';

/** What is known of an account besides its documents. */
export const accountState = z.object({
  /** The account's own number. */
  accountId: z.number(),
  settings: settingsSchema,
  nextTicketId: z.number(),
  /** How often each limit was used in its current period. */
  used: z.record(z.string(), z.object({ since: z.number(), count: z.number() })),
  /** When the next solved ticket closes, in epoch milliseconds. */
  closingDueAt: z.number().nullable(),
});
export type AccountState = z.infer<typeof accountState>;

export type ZendeskSession = Session<AccountState>;
export type ZendeskReading = Reading<AccountState>;

/** A point in time as Zendesk writes it: to the second. */
export const stamp = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
export const stampOrNull = (epochMs: number | null): string | null => (epochMs === null ? null : stamp(epochMs));
