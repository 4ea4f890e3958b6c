import { z } from 'zod';
import type { Kind } from '../../store.ts';
import { microsOf } from './timestamp.ts';

const ephemeralSchema = z.object({
  channel: z.string(),
  ts: z.string(),
  /** Who alone sees it. */
  to: z.string(),
  text: z.string(),
  /** Whether the text is formatted. */
  mrkdwn: z.boolean().default(true),
  blocks: z.array(z.record(z.string(), z.json())).nullable(),
  username: z.string().nullable(),
  user: z.string().nullable(),
});

/** What only one member sees. No method of the API and no event tells of it. */
export type Ephemeral = z.infer<typeof ephemeralSchema>;

export const ephemerals: Kind<Ephemeral> = {
  name: 'ephemeral',
  schema: ephemeralSchema,
  id: (message) => `${message.channel}:${message.ts}`,
  group: (message) => message.channel,
  position: (message) => microsOf(message.ts) ?? 0,
};
