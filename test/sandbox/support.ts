import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { createClock } from '../../src/sandbox/clock.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import type { ZendeskControl } from '../../src/sandbox/zendesk/control/control.ts';
import { emptyDatabase } from '../support/database.ts';

/** An empty database for a sandbox. */
export async function freshDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const database = await emptyDatabase();
  return { url: database.url, drop: () => database.drop() };
}

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
  return {
    url,
    clock,
    zendesk: sandbox.vendors.zendesk,
    demo: () => sandbox.demo(),
    async stop(): Promise<void> {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
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

let accounts = 0;

/** A new account in a running sandbox, with an admin's client: tests in one file do not see each other's. */
export async function freshAccount(sandbox: TestSandbox): Promise<{ readonly control: ZendeskControl; readonly api: Api }> {
  accounts += 1;
  const subdomain = `account-${accounts}`;
  await sandbox.zendesk.seed({ subdomain });
  const control = sandbox.zendesk.account(subdomain);
  // Users are made faster than Zendesk allows, except where that is what is tested.
  await control.set({ userWritesPerSecond: 1_000, userWritesPerUserAndMinute: 1_000 });
  return { control, api: createApi(control.url, await control.issueToken()) };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** The body as JSON, where it is; `text` is as it came. */
  readonly body: Body;
  readonly text: string;
}

/** JSON to look into without knowing its shape: what is not there is undefined. */
export interface Body {
  at(...path: readonly (string | number)[]): unknown;
}

export type Api = ReturnType<typeof createApi>;

/** A client that sends what it is told, and judges nothing. */
export function createApi(url: string, token: string | undefined) {
  const call = async (method: string, path: string, sent?: unknown, headers: Record<string, string> = {}): Promise<Reply> => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(sent !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(sent !== undefined && { body: typeof sent === 'string' || Buffer.isBuffer(sent) ? sent : JSON.stringify(sent) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: bodyOf(text) };
  };
  return {
    url,
    call,
    get: (path: string, headers?: Record<string, string>) => call('GET', `/api/v2${path}`, undefined, headers),
    post: (path: string, sent: unknown, headers?: Record<string, string>) => call('POST', `/api/v2${path}`, sent, headers),
    put: (path: string, sent: unknown, headers?: Record<string, string>) => call('PUT', `/api/v2${path}`, sent, headers),
    patch: (path: string, sent: unknown) => call('PATCH', `/api/v2${path}`, sent),
    delete: (path: string, sent?: unknown) => call('DELETE', `/api/v2${path}`, sent),
  };
}

function bodyOf(text: string): Body {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  return { at: (...path) => path.reduce(step, value) };
}

const step = (value: unknown, key: string | number): unknown =>
  typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
