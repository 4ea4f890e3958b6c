import type { Addresses } from '../../vendor.ts';
import { BOT_SCOPES } from '../oauth/scopes.ts';
import type { App } from './app.ts';
import type { Directory } from './directory.ts';
import { type ManifestInput, manifestSchema } from './manifest.ts';

const NAME = 'Deskbridge';

/** The app that the demo's owner has made for Deskbridge: made once, and led to wherever Deskbridge is now. */
export async function demoApp(directory: Directory, home: string, at: Addresses): Promise<App> {
  const manifest = demoManifest(at);
  const known = directory.all().find((app) => app.home === home && app.manifest.display_information.name === NAME);
  return known ? directory.change(known.id, { manifest: manifestSchema.parse(manifest) }) : directory.create(home, manifest);
}

const demoManifest = ({ redirectUri, hookUrl }: Addresses): ManifestInput => ({
  display_information: { name: NAME, description: 'Brings conversations of your app to Slack' },
  features: {
    bot_user: { display_name: NAME, always_online: true },
    slash_commands: [
      { command: '/sk', url: hookUrl, description: 'Write to the user of this channel', usage_hint: 'TEXT', should_escape: true },
    ],
  },
  oauth_config: { redirect_urls: [redirectUri], scopes: { bot: [...BOT_SCOPES] } },
  settings: {
    event_subscriptions: {
      request_url: hookUrl,
      bot_events: [
        'app_uninstalled',
        'channel_archive',
        'channel_deleted',
        'channel_left',
        'channel_rename',
        'channel_unarchive',
        'member_joined_channel',
        'tokens_revoked',
        'user_change',
      ],
    },
  },
});
