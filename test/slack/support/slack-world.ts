import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { BusinessSystem } from '../../../activities/business-system.ts';
import { SCOPES } from '../../../activities/slack/scopes.ts';
import { slack } from '../../../activities/slack/index.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { findHookAccount } from '../../../src/db/hook-account.ts';
import type { App } from '../../../src/sandbox/slack/apps/app.ts';
import type { SlackControl } from '../../../src/sandbox/slack/control/control.ts';
import type { SeenMessage } from '../../../src/sandbox/slack/control/seen.ts';
import { createMetrics } from '../../../src/operations/metrics.ts';
import { takeIn } from '../../../src/take-in.ts';
import { recordingTemporal } from '../../api/support/recording-temporal.ts';
import { createTestLog } from '../../api/support/test-log.ts';
import { connectAccount, createWorld, settle } from '../../engine/support/world.ts';
import type { Connection, World } from '../../engine/support/world.ts';
import { startSandbox } from '../../engine/support/zendesk-world.ts';
import type { SandboxServer } from '../../engine/support/zendesk-world.ts';
import { end, listen } from '../../support/listen.ts';

export const ALL_SCOPES = SCOPES.map(({ name }) => name);

/** A world with a Slack workspace in it: the sandbox over HTTP, its events and commands coming in. */
export interface SlackWorld extends World {
  readonly slack: SlackControl;
  readonly slackApp: App;
  readonly connection: Connection;
  /** The channels of a conversation that are there now, the oldest first. */
  channelsOf(
    conversation: ConversationId,
  ): Promise<readonly { readonly id: string; readonly name: string; readonly is_archived: boolean }[]>;
  /** What the app user wrote, as it is seen there. */
  seenOf(conversation: ConversationId): Promise<readonly string[]>;
  /** What our Slack app posted in a channel. Default: in the one that is told of new conversations. */
  posted(channel?: string): Promise<readonly SeenMessage[]>;
  /** An agent types a command in the newest channel of a conversation. */
  type(conversation: ConversationId, text: string, as?: string): Promise<void>;
  /** Until no event is under way. */
  eventsDone(): Promise<void>;
}

export interface SlackWorldOptions {
  /** What the workspace grants. Default: all. */
  readonly scopes?: readonly string[];
  /** Whether Slack limits calls. Default: no. */
  readonly limited?: boolean;
  /** Other systems beside Slack. */
  readonly operator?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The sandbox of a file, and a way to a new world in it; the last one ends with its test. Call it at the top of a `describe`. */
export function slackWorlds(): (options?: SlackWorldOptions) => Promise<SlackWorld> {
  let server: SandboxServer | undefined;
  let world: SlackWorld | undefined;
  beforeAll(async () => {
    server = await startSandbox();
  });
  afterAll(() => server?.close());
  afterEach(() => world?.close());
  return async (options) => {
    if (server === undefined) throw new Error('the sandbox is there within tests only');
    world = await createSlackWorld(server, options);
    return world;
  };
}

let worlds = 0;

export async function createSlackWorld(server: SandboxServer, options: SlackWorldOptions = {}): Promise<SlackWorld> {
  worlds += 1;
  const domain = `w${worlds}`;
  await server.sandbox.vendors.slack.seed({ domain });
  const control = server.sandbox.vendors.slack.workspace(domain);
  await control.set({ rateLimits: options.limited ?? false });
  const hooks = createServer();
  const publicUrl = await listen(hooks);
  const operator: Record<string, string> = { url: `${server.url}/slack`, command: '/sk' };
  const world = await createWorld({ clock: server.clock, publicUrl, operator: { ...options.operator, slack: operator } });
  hooks.on('request', (request, response) => void takeHook(world, slack, request, response));
  const app = await server.sandbox.vendors.slack.createApp(manifestFor(publicUrl));
  operator['signingSecret'] = app.signing_secret;
  const connection = await connect(world, control, { app, scopes: options.scopes ?? ALL_SCOPES });
  const channelsOf = async (conversation: ConversationId) => {
    const threads = await world.db
      .selectFrom('threads')
      .select('remote_id')
      .where('conversation_id', '=', conversation)
      .execute();
    const ids = new Set(threads.map(({ remote_id }) => remote_id));
    return (await control.channels()).filter(({ id }) => ids.has(id));
  };
  const seenOf = async (conversation: ConversationId): Promise<readonly string[]> => {
    const messages: SeenMessage[] = [];
    for (const { id } of await channelsOf(conversation)) messages.push(...(await control.messages(id)));
    return messages
      .filter(({ by, username }) => by === 'Ann Lee' && username !== null)
      .flatMap(({ text }) => readBack(text).split('\n'));
  };
  const posted = async (channel = 'general') =>
    (await control.messages(channel)).filter(({ app_id, subtype }) => app_id !== null && subtype !== 'channel_join');
  const eventsDone = async (): Promise<void> => {
    while ((await control.events()).some(({ status }) => status === 'pending')) await sleep(10);
  };
  const type = async (conversation: ConversationId, text: string, as = 'Ben'): Promise<void> => {
    const channel = (await channelsOf(conversation)).at(-1)?.id ?? '';
    await control.act({ as, do: 'join', channel });
    await eventsDone();
    await settle(world);
    await control.act({ as, do: 'command', channel, text });
    await eventsDone();
  };
  const close = async (): Promise<void> => {
    await eventsDone();
    await control.uninstall(app.id);
    await eventsDone();
    await end(hooks);
    await world.close();
  };
  return { ...world, slack: control, slackApp: app, connection, channelsOf, seenOf, posted, type, eventsDone, close };
}

/** The parts of docs/slack-manifest.yaml that a stand-in needs. */
export const manifestFor = (publicUrl: string) => ({
  display_information: { name: 'Deskbridge' },
  features: {
    bot_user: { display_name: 'deskbridge' },
    slash_commands: [{ command: '/sk', description: 'Answers', url: `${publicUrl}/hooks/slack`, should_escape: true }],
  },
  oauth_config: {
    redirect_urls: [`${publicUrl}/connect/slack/return`],
    scopes: { bot: ALL_SCOPES, bot_optional: SCOPES.flatMap(({ name, without }) => (without === undefined ? [] : [name])) },
  },
  settings: {
    event_subscriptions: {
      request_url: `${publicUrl}/hooks/slack`,
      bot_events: ['app_uninstalled', 'tokens_revoked', 'member_joined_channel', 'user_change'],
    },
  },
});

/** Connects the workspace as the connect flow leaves it, its dispatch channel found. */
async function connect(
  world: World,
  control: SlackControl,
  { app, scopes }: { readonly app: App; readonly scopes: readonly string[] },
): Promise<Connection> {
  const botToken = await control.install(app.id, scopes);
  const installation = await control.installation(app.id);
  const general = (await control.channels()).find(({ is_general }) => is_general);
  return await connectAccount(world, slack, {
    key: control.team,
    data: {
      installer: installation?.installer ?? '',
      botUserId: installation?.bot_user_id ?? '',
      dispatch: { id: general?.id ?? '', name: general?.name ?? '' },
      scopes: [...scopes],
    },
    credentials: { botToken },
  });
}

/** What the entities of Slack stand for. */
export const readBack = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** The API's side of a hook: verify, store, answer. Nobody is rung: the sweep of the test finds what waits. */
async function takeHook(world: World, system: BusinessSystem, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const raw = { method: 'POST', headers, query: {}, body: Buffer.concat(chunks) };
  const key = system.identify?.(raw);
  const account = key === undefined ? undefined : await findHookAccount(world.db, world.vault, { system: system.name, key });
  const operator = world.ports.settings.operator(system.name);
  const inbound = system.receive(raw, { account, secrets: account?.secrets ?? {}, operator, now: world.clock.now() });
  const dispatch = { ring: () => undefined, drain: () => Promise.resolve() };
  const parts = { temporal: recordingTemporal(), log: createTestLog(), metrics: createMetrics() };
  const deps = { db: world.db, clock: world.clock, dispatch, ...parts };
  const outcome = await takeIn(deps, { system, account, inbound, arrivedAt: performance.now() });
  const { status, headers: more, body } = system.answer?.(raw, inbound, outcome) ?? { status: 200 };
  response.writeHead(status, { ...more }).end(body ?? '');
}
