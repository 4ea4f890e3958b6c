import { z } from 'zod';

const address = z.url({ protocol: /^https?$/ });
const scopes = z.array(z.string()).default([]);

const slashCommand = z.object({
  command: z.string().regex(/^\/\S{1,32}$/),
  url: address.optional(),
  description: z.string().max(2_000),
  usage_hint: z.string().max(1_000).optional(),
  /** Whether mentions, channels and links in the text arrive as `<@U…>`, `<#C…>` and `<https://…>`. */
  should_escape: z.boolean().default(false),
});
export type SlashCommand = z.infer<typeof slashCommand>;

/**
 * An app's manifest: the parts that the stand-in acts on. Others are taken and ignored.
 * @see https://docs.slack.dev/reference/app-manifest
 */
export const manifestSchema = z.object({
  display_information: z.object({ name: z.string().min(1).max(35), description: z.string().max(140).optional() }),
  features: z
    .object({
      bot_user: z.object({ display_name: z.string().min(1).max(80), always_online: z.boolean().optional() }).optional(),
      slash_commands: z.array(slashCommand).max(50).default([]),
    })
    .default({ slash_commands: [] }),
  oauth_config: z
    .object({
      redirect_urls: z.array(address).default([]),
      scopes: z.object({ bot: scopes, bot_optional: scopes, user: scopes }).default({ bot: [], bot_optional: [], user: [] }),
    })
    .default({ redirect_urls: [], scopes: { bot: [], bot_optional: [], user: [] } }),
  settings: z
    .object({
      event_subscriptions: z.object({ request_url: address.optional(), bot_events: z.array(z.string()).default([]) }).optional(),
      interactivity: z.object({ is_enabled: z.boolean(), request_url: address.optional() }).optional(),
      socket_mode_enabled: z.boolean().default(false),
      token_rotation_enabled: z.boolean().default(false),
      org_deploy_enabled: z.boolean().default(false),
    })
    .default({ socket_mode_enabled: false, token_rotation_enabled: false, org_deploy_enabled: false }),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestInput = z.input<typeof manifestSchema>;
