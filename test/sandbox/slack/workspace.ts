import { randomBytes } from 'node:crypto';
import { WebClient } from '@slack/web-api';
import type { App } from '../../../src/sandbox/slack/apps/app.ts';
import type { ManifestInput } from '../../../src/sandbox/slack/apps/manifest.ts';
import type { SlackControl } from '../../../src/sandbox/slack/control/control.ts';
import type { TestSandbox } from '../start-sandbox.ts';

export { aSandbox } from '../a-sandbox.ts';

export const SCOPES = [
  'channels:history',
  'channels:join',
  'channels:manage',
  'channels:read',
  'chat:write',
  'chat:write.customize',
  'chat:write.public',
  'commands',
  'files:read',
  'files:write',
  'team:read',
  'users:read',
  'users:read.email',
];

interface Wanted {
  readonly scopes?: readonly string[];
  /** Where events and commands go. */
  readonly hook?: string;
  readonly events?: readonly string[];
  readonly settings?: Readonly<Record<string, boolean>>;
  readonly optional?: readonly string[];
}

/** A manifest such as an operator writes. */
export const aManifest = ({ scopes = SCOPES, hook, events = [], settings = {}, optional = [] }: Wanted = {}): ManifestInput => ({
  display_information: { name: 'Deskbridge' },
  features: {
    bot_user: { display_name: 'Deskbridge' },
    slash_commands: [
      { command: '/sk', description: 'Write to the user', should_escape: true, ...(hook !== undefined && { url: hook }) },
    ],
  },
  oauth_config: { redirect_urls: ['http://127.0.0.1:9/connect'], scopes: { bot: [...scopes], bot_optional: [...optional] } },
  settings: {
    event_subscriptions: { bot_events: [...events], ...(hook !== undefined && { request_url: hook }) },
    ...settings,
  },
});

export interface TestWorkspace {
  readonly slack: SlackControl;
  readonly app: App;
  /** The real client, as the app's bot, that gives up at once. */
  readonly client: WebClient;
  readonly token: string;
}

/** A workspace of a test's own, with an app in it. Calls are not limited. */
export async function aWorkspace(sandbox: TestSandbox, wanted: Wanted = {}): Promise<TestWorkspace> {
  const slack = await anEmptyWorkspace(sandbox);
  const app = await sandbox.slack.createApp(aManifest(wanted));
  const token = await slack.install(app.id, wanted.scopes ?? SCOPES);
  return { slack, app, token, client: aClient(sandbox, token) };
}

export async function anEmptyWorkspace(sandbox: TestSandbox): Promise<SlackControl> {
  const domain = `test-${randomBytes(4).toString('hex')}`;
  await sandbox.slack.seed({ domain });
  const slack = sandbox.slack.workspace(domain);
  await slack.set({ rateLimits: false });
  return slack;
}

export const aClient = (sandbox: TestSandbox, token?: string): WebClient =>
  new WebClient(token, {
    slackApiUrl: `${sandbox.url}/slack/api/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 30_000,
    allowAbsoluteUrls: false,
  });

/** What Slack says when a call fails; `ok` when it does not. */
export const errorOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'ok',
    (error: unknown) => {
      if (
        error instanceof Error &&
        'data' in error &&
        typeof error.data === 'object' &&
        error.data !== null &&
        'error' in error.data
      ) {
        return String(error.data.error);
      }
      throw error;
    },
  );

/** A new public channel of the app's. */
export async function aChannel({ client }: TestWorkspace, name = `sk-${randomBytes(4).toString('hex')}`): Promise<string> {
  const { channel } = await client.conversations.create({ name });
  return channel?.id ?? '';
}
