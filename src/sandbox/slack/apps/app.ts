import { z } from 'zod';
import type { Kind } from '../../store.ts';
import { manifestSchema } from './manifest.ts';

const appSchema = z.object({
  /** `A…`. */
  id: z.string(),
  /** The workspace of whoever made it: `T…`. */
  home: z.string(),
  client_id: z.string(),
  client_secret: z.string(),
  signing_secret: z.string(),
  /** The deprecated proof that a request comes from Slack. */
  verification_token: z.string(),
  /** App-level tokens, for Socket Mode. */
  app_tokens: z.array(z.object({ token: z.string(), scopes: z.array(z.string()) })),
  manifest: manifestSchema,
  /** The address for events that has answered its challenge. */
  verified_url: z.string().nullable(),
  seq: z.number(),
});

/** A Slack app: what its maker sees on its page at api.slack.com. */
export type App = z.infer<typeof appSchema>;

export const apps: Kind<App> = {
  name: 'app',
  schema: appSchema,
  id: (app) => app.id,
  position: (app) => app.seq,
};
