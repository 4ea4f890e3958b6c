import { SocketModeClient } from '@slack/socket-mode';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { eventually } from '../receiver.ts';
import { aChannel, aSandbox, aWorkspace, type TestWorkspace } from './workspace.ts';

const sandbox = aSandbox();
const EVENTS = ['user_change'];

const delivered = z.looseObject({
  ack: z.custom<(payload?: object) => Promise<void>>((value) => typeof value === 'function'),
  body: z.looseObject({}),
});

interface Wanted {
  readonly answer?: object;
  /** How long the client waits before it comes back, and for pongs. */
  readonly pingTimeoutMs?: number;
}

/** The real client, connected, with what it receives; it acknowledges with what it is told. */
async function aSocket({ app }: TestWorkspace, { answer, pingTimeoutMs = 5_000 }: Wanted = {}) {
  const received: unknown[] = [];
  const client = new SocketModeClient({
    clientPingTimeout: pingTimeoutMs,
    appToken: app.app_tokens[0]?.token ?? '',
    clientOptions: { slackApiUrl: `${sandbox().url}/slack/api/` },
  });
  client.on('slack_event', (message: unknown) => {
    const { ack, body } = delivered.parse(message);
    received.push(body);
    void ack(answer);
  });
  await client.start();
  onTestFinished(() => client.disconnect());
  return { client, received };
}

const aSocketWorkspace = () => aWorkspace(sandbox(), { events: EVENTS, settings: { socket_mode_enabled: true } });

describe('Socket Mode, with the real client', () => {
  it('brings events, without signatures, until they are acknowledged', async () => {
    const workspace = await aSocketWorkspace();
    const { received } = await aSocket(workspace);
    await workspace.slack.act({ do: 'profile', as: 'Ben', display_name: 'Benny' });
    expect(await eventually(async () => (await workspace.slack.events())[0]?.status === 'success')).toBe(true);
    expect(received).toMatchObject([{ type: 'event_callback', event: { type: 'user_change' } }]);
  });

  it('brings commands, and takes the answer with the acknowledgement', async () => {
    const workspace = await aSocketWorkspace();
    const { received } = await aSocket(workspace, { answer: { text: 'heard' } });
    const channel = await aChannel(workspace);
    await workspace.slack.act({ do: 'join', as: 'Ben', channel });
    const { command } = await workspace.slack.act({ do: 'command', as: 'Ben', channel, text: '/sk Hello' });
    expect(received).toMatchObject([{ command: '/sk', text: 'Hello', trigger_id: command?.trigger_id }]);
    expect(await workspace.slack.ephemerals(channel)).toMatchObject([{ text: 'heard' }]);
  });

  it('sends connections away from time to time, and the client comes back', async () => {
    const workspace = await aSocketWorkspace();
    const { client } = await aSocket(workspace, { pingTimeoutMs: 1_000 });
    const isBack = new Promise((resolve) => client.once('connected', resolve));
    const { sockets } = sandbox().slack;
    sockets.refresh(workspace.app.id);
    expect(await eventually(() => sockets.connections(workspace.app.id) === 0)).toBe(true);
    await isBack;
    expect(sockets.connections(workspace.app.id)).toBe(1);
  });

  it('tries an event again that found nobody', async () => {
    const workspace = await aSocketWorkspace();
    await workspace.slack.act({ do: 'profile', as: 'Ben', display_name: 'Benny' });
    expect(await eventually(async () => (await workspace.slack.events())[0]?.attempts.length === 2)).toBe(true);
    await aSocket(workspace);
    sandbox().clock.advance(60_000);
    expect(await eventually(async () => (await workspace.slack.events())[0]?.status === 'success')).toBe(true);
  });

  it('opens no socket without a ticket', async () => {
    const socket = new WebSocket(`${sandbox().url.replace('http', 'ws')}/slack/link/?ticket=x`);
    const outcome = await new Promise((resolve) => {
      socket.addEventListener('open', () => resolve('open'));
      socket.addEventListener('error', () => resolve('refused'));
    });
    expect(outcome).toBe('refused');
  });
});
