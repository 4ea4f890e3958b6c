import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ear } from '../../activities/listener.ts';
import type { HookAccount, Inbound } from '../../activities/inbound.ts';
import { slack } from '../../activities/slack/index.ts';
import { startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer } from '../engine/support/zendesk-world.ts';
import { ALL_SCOPES } from './support/slack-world.ts';

describe('Slack over Socket Mode', () => {
  let server: SandboxServer;
  beforeAll(async () => {
    server = await startSandbox();
  });
  afterAll(() => server.close());

  it('brings commands and events over a connection of ours, and the answers back', async () => {
    const { vendors } = server.sandbox;
    await vendors.slack.seed({ domain: 'socket' });
    const workspace = vendors.slack.workspace('socket');
    const app = await vendors.slack.createApp({
      display_information: { name: 'Deskbridge' },
      features: {
        bot_user: { display_name: 'deskbridge' },
        slash_commands: [{ command: '/sk', description: 'x', should_escape: true }],
      },
      oauth_config: { scopes: { bot: ALL_SCOPES } },
      settings: { socket_mode_enabled: true, event_subscriptions: { bot_events: ['member_joined_channel'] } },
    });
    await workspace.install(app.id, ALL_SCOPES);
    const heard: Inbound[] = [];
    const account: HookAccount = { key: workspace.team, data: {} };
    const ending = new AbortController();
    const ear: Ear = {
      operator: { url: `${server.url}/slack`, appToken: app.app_tokens[0]?.token ?? '' },
      signal: ending.signal,
      warn: () => undefined,
      take: (arrival) => {
        expect(arrival.accountKey).toBe(workspace.team);
        const inbound = arrival.read(account);
        heard.push(...inbound);
        return Promise.resolve(arrival.answer(inbound, { isConnected: true }));
      },
    };
    const listening = slack.listener?.listen(ear);
    await expect.poll(() => vendors.slack.sockets.connections(app.id)).toBe(1);
    const { command } = await workspace.act({ as: 'Ben', do: 'command', channel: 'random', text: '/sk Hello' });
    expect(command?.failure).toBeNull();
    const random = (await workspace.channels()).find(({ name }) => name === 'random')?.id ?? '';
    expect((await workspace.ephemerals(random)).map(({ text }) => text)).toEqual([
      expect.stringContaining('isn’t linked to a user'),
    ]);
    expect(heard).toContainEqual(
      expect.objectContaining({ kind: 'reply', thread: random, content: { type: 'text', text: 'Hello' } }),
    );
    ending.abort();
    await listening;
    await expect.poll(() => vendors.slack.sockets.connections(app.id)).toBe(0);
  });
});
