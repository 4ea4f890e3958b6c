import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { randomBytes, randomUUID } from 'node:crypto';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Json } from '../../../domain/json.ts';

export interface Envelope {
  readonly type: 'events_api' | 'slash_commands' | 'interactive';
  readonly payload: Json;
  readonly retry?: { readonly attempt: number; readonly reason: string };
}

/** What came back for an envelope: its payload where it had one. */
export type Acknowledged = { readonly payload: unknown } | 'acknowledged' | 'timeout' | 'no_connection';

/** The sockets that apps hold open instead of an address. */
export interface Sockets {
  /** An address that opens one socket, once. */
  ticket(appId: string): string;
  /** Sends an envelope to one of an app's sockets, and waits for it to be acknowledged. */
  send(appId: string, envelope: Envelope, timeoutMs: number): Promise<Acknowledged>;
  /** Asks an app's sockets to come back by another, as Slack does every few hours, and ends them: at once, or after a notice. */
  refresh(appId: string, noticeMs?: number): void;
  /** Breaks an app's sockets without a word, as networks do. */
  break(appId: string): void;
  connections(appId: string): number;
  /** Takes over a request to become a socket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

const MAX_CONNECTIONS = 10;
const ackSchema = z.object({ envelope_id: z.string(), payload: z.unknown().optional() });

export function openSockets(url: string): Sockets {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Map<string, string>();
  const open = new Map<string, Set<WebSocket>>();
  const acks = awaitAcks();
  const of = (appId: string): ReadonlySet<WebSocket> => open.get(appId) ?? new Set();

  const admit = (appId: string, socket: WebSocket): void => {
    open.set(appId, new Set([...of(appId), socket]));
    socket.on('close', () => open.set(appId, new Set([...of(appId)].filter((other) => other !== socket))));
    socket.on('message', (data) => acks.take(textOf(data)));
    socket.send(JSON.stringify(hello(appId, of(appId).size)));
  };

  return {
    ticket(appId) {
      const ticket = randomBytes(24).toString('hex');
      tickets.set(ticket, appId);
      return `${url.replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${appId}`;
    },
    send(appId, envelope, timeoutMs) {
      const sockets = [...of(appId)].filter(({ readyState, OPEN }) => readyState === OPEN);
      const socket = sockets[Math.floor(Math.random() * sockets.length)];
      if (!socket) return Promise.resolve('no_connection');
      const envelope_id = randomUUID();
      socket.send(JSON.stringify(wrapped(envelope_id, envelope)));
      return acks.of(envelope_id, timeoutMs);
    },
    refresh(appId, noticeMs = 0) {
      const reason = noticeMs > 0 ? 'warning' : 'refresh_requested';
      for (const socket of of(appId)) {
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink-sandbox' } }));
        if (noticeMs === 0) socket.close();
        else setTimeout(() => socket.close(), noticeMs).unref();
      }
    },
    break(appId) {
      for (const socket of of(appId)) socket.terminate();
    },
    connections: (appId) => of(appId).size,
    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? '/', url).searchParams.get('ticket') ?? '';
      const appId = tickets.get(ticket);
      tickets.delete(ticket);
      if (appId === undefined || of(appId).size >= MAX_CONNECTIONS) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      server.handleUpgrade(request, socket, head, (opened) => admit(appId, opened));
    },
    close() {
      for (const sockets of open.values()) for (const socket of sockets) socket.terminate();
      server.close();
    },
  };
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : data.toString('utf8');
}

/** Brings together what was sent and what acknowledges it. */
function awaitAcks() {
  const waiting = new Map<string, (acknowledged: Acknowledged) => void>();
  return {
    of: (envelopeId: string, timeoutMs: number): Promise<Acknowledged> =>
      new Promise((resolve) => {
        const timer = setTimeout(() => done('timeout'), timeoutMs);
        const done = (acknowledged: Acknowledged): void => {
          clearTimeout(timer);
          waiting.delete(envelopeId);
          resolve(acknowledged);
        };
        waiting.set(envelopeId, done);
      }),
    /** Takes a message of an app; what acknowledges nothing is left aside. */
    take(data: string): void {
      const ack = ackSchema.safeParse(parsed(data));
      if (!ack.success) return;
      const { envelope_id, payload } = ack.data;
      waiting.get(envelope_id)?.(payload === undefined ? 'acknowledged' : { payload });
    },
  };
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

const hello = (appId: string, connections: number) => ({
  type: 'hello',
  num_connections: connections,
  debug_info: { host: 'applink-sandbox', build_number: 1, approximate_connection_time: 18_060 },
  connection_info: { app_id: appId },
});

const wrapped = (envelope_id: string, { type, payload, retry }: Envelope) => ({
  envelope_id,
  payload,
  type,
  accepts_response_payload: type !== 'events_api',
  ...(retry && { retry_attempt: retry.attempt, retry_reason: retry.reason }),
});
