import { LogLevel, SocketModeClient } from '@slack/socket-mode';
import { z } from 'zod';
import type { Arrival, Ear, Listener } from '../listener.ts';
import { slackUrl } from './client.ts';
import { teamOf, toPayload } from './payload.ts';
import { answerPayload, read } from './receive.ts';

/**
 * Socket Mode, for those whom Slack cannot reach: Slack sends the same events and commands over a connection that we open.
 * The connection itself is authorised, so that nothing is signed.
 * @see https://docs.slack.dev/apis/events-api/using-socket-mode
 */
export const listener: Listener = {
  isWanted: ({ appToken }) => appToken !== undefined,
  listen,
};

const Envelope = z.object({ ack: z.custom<Ack>((value) => typeof value === 'function'), body: z.unknown() });
type Ack = (answer?: Record<string, unknown>) => Promise<void>;

async function listen(ear: Ear): Promise<void> {
  const client = new SocketModeClient({
    appToken: ear.operator['appToken'] ?? '',
    clientOptions: { slackApiUrl: `${slackUrl(ear)}/api/`, allowAbsoluteUrls: false, timeout: 10_000 },
    logger: quiet(ear),
  });
  client.on('slack_event', (envelope: unknown) => {
    const { ack, body } = Envelope.parse(envelope);
    // Without an answer Slack sends an event again; whoever typed a command is told that it failed.
    take(ear, ack, body).catch(() => ear.warn('something that came over the socket could not be stored'));
  });
  await client.start();
  if (!ear.signal.aborted) await new Promise<void>((done) => ear.signal.addEventListener('abort', () => done(), { once: true }));
  await client.disconnect();
}

async function take(ear: Ear, ack: Ack, body: unknown): Promise<void> {
  const payload = toPayload(body);
  const arrival: Arrival = {
    accountKey: teamOf(payload),
    read: (account) => read(payload, account),
    answer: (_inbound, outcome) => answerPayload(payload, outcome),
  };
  const { body: words } = await ear.take(arrival);
  await ack(words === undefined || words === '' ? undefined : Words.parse(JSON.parse(words)));
}

const Words = z.record(z.string(), z.unknown());

/** What the client tells may hold the address of a connection, which is as good as a key. */
function quiet(ear: Ear) {
  const trouble = (): void => ear.warn('the socket reports trouble; it is opened anew');
  const level = { setLevel: nothing, getLevel: () => LogLevel.WARN, setName: nothing };
  return { debug: nothing, info: nothing, warn: trouble, error: trouble, ...level };
}

const nothing = (): void => undefined;
