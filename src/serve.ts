import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { SECOND } from './domain/time.ts';

/** An HTTP server that listens. */
export interface Listening {
  readonly port: number;
  /** Takes nothing more, lets what is under way come to an end, and cuts off what does not. */
  stop(): Promise<void>;
}

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

interface Where {
  readonly host: string;
  readonly port: number;
  /** Takes over requests to become a WebSocket. */
  readonly upgrade?: Upgrade;
}

const GRACE_MS = 5 * SECOND;

/** Whoever sends a request slower than this holds nothing up. Proxies keep connections for a minute; those must not end first. */
const LIMITS = {
  headersTimeout: 15 * SECOND,
  requestTimeout: 60 * SECOND,
  keepAliveTimeout: 65 * SECOND,
  connectionsCheckingInterval: 5 * SECOND,
};
const MAX_CONNECTIONS = 10_000;

/** @throws naming the address when it is taken. */
export async function serve(app: RequestListener, where: Where): Promise<Listening> {
  const server = createServer(LIMITS, app);
  server.maxConnections = MAX_CONNECTIONS;
  const upgraded = where.upgrade ? trackUpgrades(server, where.upgrade) : [];
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new Error(`cannot listen on ${where.host}:${where.port}`, { cause })));
    server.listen(where.port, where.host, resolve);
  });
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    // They no longer count as connections of the server, and it would wait for them for ever.
    for (const socket of upgraded) socket.destroy();
    const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    await closed;
    clearTimeout(cut);
  };
  return { port: where.port, stop };
}

/** Hands requests over that want to become WebSockets. @returns those that are open */
function trackUpgrades(server: Server, upgrade: Upgrade): ReadonlySet<Duplex> {
  const open = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    upgrade(request, socket, head);
  });
  return open;
}
