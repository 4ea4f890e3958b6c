import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Arrival, Ear } from '../../activities/listener.ts';
import type { HookAccount, HookAnswer, Inbound } from '../../activities/inbound.ts';
import { slack } from '../../activities/slack/index.ts';
import { createDispatch } from '../../src/dispatch.ts';
import { startListening } from '../../src/listen.ts';
import { createMetrics } from '../../src/operations/metrics.ts';
import { recordingTemporal } from '../api/support/recording-temporal.ts';
import { createTestLog } from '../api/support/test-log.ts';
import { startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer } from '../engine/support/zendesk-world.ts';
import { createWorld } from '../engine/support/world.ts';
import { end, listen } from '../support/listen.ts';
import { ALL_SCOPES } from './support/slack-world.ts';

describe('Slack over Socket Mode', () => {
  let server: SandboxServer;
  let workspaces = 0;
  beforeAll(async () => {
    server = await startSandbox();
  });
  afterAll(() => server.close());

  /** A workspace with our app, which opens sockets. */
  async function aWorkspace() {
    const { slack: vendor } = server.sandbox.vendors;
    workspaces += 1;
    const domain = `socket${workspaces}`;
    await vendor.seed({ domain });
    const workspace = vendor.workspace(domain);
    const app = await vendor.createApp({
      display_information: { name: 'Deskbridge' },
      features: {
        bot_user: { display_name: 'deskbridge' },
        slash_commands: [{ command: '/sk', description: 'x', should_escape: true }],
      },
      oauth_config: { scopes: { bot: ALL_SCOPES } },
      settings: { socket_mode_enabled: true, event_subscriptions: { bot_events: ['member_joined_channel'] } },
    });
    await workspace.install(app.id, ALL_SCOPES);
    const operator = { url: `${server.url}/slack`, appToken: app.app_tokens[0]?.token ?? '' };
    const connections = () => vendor.sockets.connections(app.id);
    const isConnected = async (): Promise<void> => await expect.poll(connections).toBe(1);
    /** What Ben is told when his command fails; `null`: it was heard. */
    const say = async (text: string): Promise<string | null | undefined> =>
      (await workspace.act({ as: 'Ben', do: 'command', channel: 'random', text: `/sk ${text}` })).command?.failure;
    return { workspace, app, operator, connections, isConnected, say };
  }
  type Workspace = Awaited<ReturnType<typeof aWorkspace>>;

  /** Listens, and notes what is heard. */
  function listenTo({ workspace, operator }: Workspace, hold: Promise<void> = Promise.resolve()) {
    const heard: Inbound[] = [];
    const account: HookAccount = { key: workspace.team, data: {} };
    const ending = new AbortController();
    const take = async (arrival: Arrival): Promise<HookAnswer> => {
      expect(arrival.accountKey).toBe(workspace.team);
      const inbound = arrival.read(account);
      heard.push(...inbound.filter(({ kind }) => kind === 'reply'));
      await hold;
      return arrival.answer(inbound, { isConnected: true });
    };
    const warnings: string[] = [];
    const ear: Ear = { operator, signal: ending.signal, warn: (words) => void warnings.push(words), take };
    const listening = slack.listener?.listen(ear) ?? Promise.reject(new Error('Slack has no listener'));
    const ended = listening.then(
      () => 'ended',
      (error: unknown) => error,
    );
    const stop = async (): Promise<unknown> => {
      ending.abort();
      return await ended;
    };
    onTestFinished(async () => void (await stop()));
    return { heard, warnings, ended, stop };
  }

  /** A command has come and is being taken in, which lasts until `hold` resolves. */
  async function taking(text: string) {
    const at = await aWorkspace();
    const hold = Promise.withResolvers<void>();
    const { heard, stop } = listenTo(at, hold.promise);
    await at.isConnected();
    const saying = at.say(text);
    await expect.poll(() => heard.length).toBe(1);
    return { at, hold, heard, saying, stop };
  }

  /** Calls to open a socket go wrong, until `mend`. The app was made in the first workspace. */
  async function breakOpening(fault: { readonly kind: 'hang' } | { readonly error: string }) {
    const home = server.sandbox.vendors.slack.workspace('acme');
    const trouble =
      'error' in fault ? ({ kind: 'status', status: 200, body: { ok: false, error: fault.error } } as const) : fault;
    const { id } = await home.addFault({ ...trouble, path: '/apps.connections.open', times: 1_000 });
    const mend = () => home.clearFaults(id);
    onTestFinished(mend);
    return { mend, fired: async () => (await home.faults()).find((one) => one.id === id)?.fired ?? 0 };
  }

  it('brings commands and events over a connection of ours, and the answers back', async () => {
    const at = await aWorkspace();
    const { heard, stop } = listenTo(at);
    await at.isConnected();
    expect(await at.say('Hello')).toBeNull();
    const random = (await at.workspace.channels()).find(({ name }) => name === 'random')?.id ?? '';
    expect((await at.workspace.ephemerals(random)).map(({ text }) => text)).toEqual([
      expect.stringContaining('isn’t linked to a user'),
    ]);
    expect(heard).toMatchObject([{ kind: 'reply', thread: random, content: { type: 'text', text: 'Hello' } }]);
    expect(await stop()).toBe('ended');
    await expect.poll(at.connections).toBe(0);
  });

  it('comes back by another connection when Slack asks for it', async () => {
    const at = await aWorkspace();
    const { heard, stop, warnings } = listenTo(at);
    await at.isConnected();
    server.sandbox.vendors.slack.sockets.refresh(at.app.id);
    await expect.poll(() => at.say('Hello')).toBeNull();
    expect([heard.length, warnings, await stop()]).toEqual([1, [], 'ended']);
  });

  it('hears over the old connection until the new one is open', async () => {
    const at = await aWorkspace();
    const { stop } = listenTo(at);
    await at.isConnected();
    const { fired } = await breakOpening({ kind: 'hang' });
    server.sandbox.vendors.slack.sockets.refresh(at.app.id, 10_000);
    await expect.poll(fired).toBe(1);
    expect(await at.say('Hello')).toBeNull();
    expect(await stop()).toBe('ended');
    await expect.poll(at.connections).toBe(0);
  });

  it('answers over the old connection what that brought, then closes it', async () => {
    const { at, hold, saying } = await taking('Hello');
    server.sandbox.vendors.slack.sockets.refresh(at.app.id, 3_600_000);
    await expect.poll(at.connections).toBe(2);
    hold.resolve();
    expect(await saying).toBeNull();
    await at.isConnected();
    expect(await at.say('Hello again')).toBeNull();
  });

  it('ends with the reason when the connection breaks', async () => {
    const at = await aWorkspace();
    const { ended } = listenTo(at);
    await at.isConnected();
    server.sandbox.vendors.slack.sockets.break(at.app.id);
    expect(await ended).toMatchObject({ name: 'Unavailable', message: expect.stringContaining('closed') });
  });

  it('ends with what Slack says when it takes the token no longer', async () => {
    const at = await aWorkspace();
    const { ended } = listenTo(at);
    await at.isConnected();
    await breakOpening({ error: 'invalid_auth' });
    server.sandbox.vendors.slack.sockets.refresh(at.app.id);
    expect(await ended).toMatchObject({
      name: 'CredentialsRevoked',
      message: expect.stringMatching(/SLACK_APP_TOKEN.*invalid_auth/),
    });
    await expect.poll(at.connections).toBe(0);
  });

  it('ends at once while Slack does not answer', async () => {
    const at = await aWorkspace();
    const { fired } = await breakOpening({ kind: 'hang' });
    const { stop } = listenTo(at);
    await expect.poll(fired).toBe(1);
    expect(await stop()).toBe('ended');
  });

  it('ends soon while the connection does not open', async () => {
    const at = await aWorkspace();
    const { opener, url } = await anOpener();
    const upgrading = Promise.withResolvers<Duplex>();
    opener.on('upgrade', (_request, socket) => upgrading.resolve(socket));
    const { stop, warnings } = listenTo({ ...at, operator: { ...at.operator, url } });
    const socket = await upgrading.promise;
    expect([await stop(), warnings]).toEqual(['ended', []]);
    socket.destroy();
  });

  it('ends when Slack answers neither pings nor the goodbye', async () => {
    const at = await aWorkspace();
    const { opener, url } = await anOpener();
    const sockets = new WebSocketServer({ server: opener });
    const opened = Promise.withResolvers<WebSocket>();
    sockets.on('connection', (socket) => opened.resolve(socket));
    const { heard, stop, warnings } = listenTo({ ...at, operator: { ...at.operator, url } });
    const socket = await opened.promise;
    socket.pause();
    const command = {
      command: '/sk',
      text: 'Hello',
      channel_id: 'C1',
      user_id: 'U1',
      team_id: at.workspace.team,
      trigger_id: '1',
    };
    const sent = [{ type: 'hello' }, { type: 'slash_commands', envelope_id: '1', payload: command }];
    for (const envelope of sent) socket.send(JSON.stringify(envelope));
    await expect.poll(() => heard.length).toBe(1);
    expect([await stop(), warnings]).toEqual(['ended', []]);
    socket.terminate();
  });

  it('acknowledges what it has begun to take in before it ends', async () => {
    const { hold, saying, stop } = await taking('Hello');
    const stopping = stop();
    hold.resolve();
    expect([await stopping, await saying]).toEqual(['ended', null]);
  });

  it('takes in nothing new while it ends, and whoever typed it is told', async () => {
    const { at, hold, heard, saying: first, stop } = await taking('first');
    const stopping = stop();
    expect(await at.say('second')).toBe('operation_timeout');
    expect(heard.length).toBe(1);
    hold.resolve();
    await Promise.all([stopping, first]);
  });

  it('is heard again, without a restart, when the token works again', async () => {
    const at = await aWorkspace();
    const world = await createWorld();
    const log = createTestLog();
    const { db, vault, clock, ports } = world;
    const temporal = recordingTemporal();
    const deps = { db, vault, clock, temporal, log, dispatch: createDispatch({ db, temporal, log }), metrics: createMetrics() };
    const ears = startListening({ ...deps, settings: { ...ports.settings, operator: () => at.operator }, systems: [slack] });
    onTestFinished(async () => {
      await ears.stop();
      await world.close();
    });
    await at.isConnected();
    const { mend, fired } = await breakOpening({ error: 'invalid_auth' });
    server.sandbox.vendors.slack.sockets.refresh(at.app.id);
    await expect.poll(fired).toBeGreaterThanOrEqual(2);
    expect(await at.say('Is anybody there?')).not.toBeNull();
    await mend();
    await at.isConnected();
    expect(await at.say('Hello again')).toBeNull();
    const told = log.lines.filter((line) => line.includes('invalid_auth'));
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(told.join()).not.toContain(at.operator.appToken);
  });
});

/** A server that leads whoever asks for a socket to itself. */
async function anOpener() {
  const opener = createServer((_request, response) => response.end(JSON.stringify({ ok: true, url: url.replace('http', 'ws') })));
  const url = await listen(opener);
  onTestFinished(() => end(opener));
  return { opener, url };
}
