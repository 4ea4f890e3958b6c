import { z } from 'zod';
import type { Arrival, Ear, Listener } from '../listener.ts';
import { Unavailable } from '../system-error.ts';
import { teamOf, toPayload } from './payload.ts';
import { answerPayload, read } from './receive.ts';
import { SocketClient } from './socket-client.ts';

/**
 * Socket Mode, for those whom Slack cannot reach: Slack sends the same events and commands over a connection that we open.
 * The connection itself is authorised, so that nothing is signed.
 * @see https://docs.slack.dev/apis/events-api/using-socket-mode
 */
export const listener: Listener = {
  isWanted: ({ appToken }) => appToken !== undefined,
  listen,
};

/** Every few hours Slack asks to come back by another connection. The old one is heard until the new one is open. */
async function listen(ear: Ear): Promise<void> {
  let line: Line | undefined;
  try {
    do {
      const next = await connect(ear);
      await line?.close();
      line = next;
    } while ((await line.end) === 'refresh');
    throw new Unavailable('the socket to Slack was closed');
  } catch (error) {
    if (!ear.signal.aborted) throw error;
  } finally {
    await line?.close();
  }
}

/** One connection. */
interface Line {
  readonly end: Promise<'refresh' | 'closed'>;
  /** Takes in nothing new, answers what was begun, and only then hangs up. Done on abort as well. */
  close(): Promise<void>;
}

async function connect(ear: Ear): Promise<Line> {
  ear.signal.throwIfAborted();
  const client = new SocketClient(ear);
  const takes = new Set<Promise<void>>();
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= Promise.all(takes).then(() => client.disconnect()));
  client.on('slack_event', (envelope: unknown) => {
    // Without an answer Slack sends an event again; whoever typed a command is told that it failed.
    if (closing !== undefined) return;
    const taking = take(ear, envelope).finally(() => takes.delete(taking));
    takes.add(taking);
  });
  const end = new Promise<'refresh' | 'closed'>((resolve) => {
    client.once('refresh', () => resolve('refresh'));
    client.once('disconnected', () => resolve('closed'));
  });
  const onAbort = (): void => void close();
  ear.signal.addEventListener('abort', onAbort, { once: true });
  client.once('disconnected', () => ear.signal.removeEventListener('abort', onAbort));
  await client.start();
  return { end, close };
}

const Envelope = z.object({ ack: z.custom<Ack>((value) => typeof value === 'function'), body: z.unknown() });
type Ack = (answer?: Record<string, unknown>) => Promise<void>;

/** Never rejects. */
async function take(ear: Ear, envelope: unknown): Promise<void> {
  try {
    const { ack, body } = Envelope.parse(envelope);
    const answer = await store(ear, body);
    await ack(answer).catch(() => ear.warn('something that came over the socket was stored, but Slack could not be told'));
  } catch {
    ear.warn('something that came over the socket could not be stored');
  }
}

async function store(ear: Ear, body: unknown): Promise<Record<string, unknown> | undefined> {
  const payload = toPayload(body);
  const arrival: Arrival = {
    accountKey: teamOf(payload),
    read: (account) => read(payload, account),
    answer: (_inbound, outcome) => answerPayload(payload, outcome),
  };
  const { body: words } = await ear.take(arrival);
  return words === undefined || words === '' ? undefined : Words.parse(JSON.parse(words));
}

const Words = z.record(z.string(), z.unknown());
