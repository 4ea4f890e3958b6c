import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { createClock } from '../../src/sandbox/clock.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';

/** A sandbox that listens, on a database of its own. */
export type TestSandbox = Awaited<ReturnType<typeof startSandbox>>;

/** Starts a sandbox on a database. It can be ended alone, as a restart needs, without the database. */
export async function startSandbox(databaseUrl: string) {
  const server = createServer();
  const url = await listening(server);
  const db = new pg.Pool({ connectionString: databaseUrl, max: 8 });
  const clock = createClock();
  const sandbox = await createSandbox({ db, clock, publicUrl: url });
  server.on('request', sandbox.app);
  server.on('upgrade', sandbox.upgrade);
  return {
    url,
    clock,
    zendesk: sandbox.vendors.zendesk,
    slack: sandbox.vendors.slack,
    demo: () => sandbox.demo(),
    async stop(): Promise<void> {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      sandbox.vendors.slack.sockets.close();
      await closed;
      await sandbox.close();
      await db.end();
    },
  };
}

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${portOf(server.address())}`;
}

function portOf(address: string | AddressInfo | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('not listening on a port');
  return address.port;
}
