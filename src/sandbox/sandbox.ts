import { join } from 'node:path';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { Kysely, PostgresDialect } from 'kysely';
import type { PostgresPool } from 'kysely';
import { json, send } from './answer.ts';
import type { SandboxClock } from './clock.ts';
import { clockRoutes, restoreClock } from './clock-routes.ts';
import { frontPages } from './front-pages.ts';
import { createTables, type SandboxTables } from './tables.ts';
import type { Demo, Upgrade, Vendor } from './vendor.ts';
import { openVendors, type Vendors } from './vendors.ts';

export interface SandboxDeps {
  /** Of a database of the sandbox's own. It stays the caller's to end. */
  readonly db: PostgresPool;
  readonly clock: SandboxClock;
  /** Where `app` is reached, without a slash at the end: `http://127.0.0.1:3900`. */
  readonly publicUrl: string;
}

/** The stand-ins for all vendors, running. */
export interface Sandbox {
  /** To be listened with, or mounted at the root of an app. */
  readonly app: Express;
  /** To be listened with for `upgrade`: WebSockets. */
  readonly upgrade: Upgrade;
  /** The vendors by name, with their tools for tests. */
  readonly vendors: Vendors;
  /** Where each vendor's demo account is found, for `demo.json`. */
  demo(): Promise<Readonly<Record<string, Demo>>>;
  /** Ends the background work. Requests should have ended before. */
  close(): Promise<void>;
}

/** Starts the sandbox: makes its tables where they are missing, and goes on where it was ended or killed. */
export async function createSandbox(deps: SandboxDeps): Promise<Sandbox> {
  const db = new Kysely<SandboxTables>({ dialect: new PostgresDialect({ pool: deps.db }) });
  await createTables(db);
  await restoreClock(db, deps.clock);
  const vendors = await openVendors((name) => ({ db, clock: deps.clock, url: `${deps.publicUrl}/${name}` }));
  const all: readonly Vendor[] = Object.values(vendors);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(frontPages(all));
  for (const asset of ['page.css', 'live.js', 'send.js']) {
    app.get(`/sandbox/assets/${asset}`, (_request, response) => response.sendFile(join(import.meta.dirname, 'assets', asset)));
  }
  app.use(clockRoutes(db, deps.clock));
  for (const vendor of all) app.use(`/${vendor.name}`, vendor.routes);
  app.use(answerError);
  return {
    app,
    upgrade: upgradeOf(all),
    vendors,
    demo: async () => Object.fromEntries(await demos(all)),
    async close() {
      for (const vendor of all) await vendor.close();
    },
  };
}

const upgradeOf =
  (vendors: readonly Vendor[]): Upgrade =>
  (request, socket, head) => {
    const vendor = vendors.find(({ name }) => request.url?.startsWith(`/${name}/`));
    if (vendor?.upgrade) vendor.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
  };

async function demos(vendors: readonly Vendor[]): Promise<readonly (readonly [string, Demo])[]> {
  const found: [string, Demo][] = [];
  for (const vendor of vendors) found.push([vendor.name, await vendor.demo()]);
  return found;
}

/** What the body parser refuses keeps its status; anything else is a fault of the sandbox. */
const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent || response.destroyed) return next(error);
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500;
  const description = error instanceof Error ? error.message : String(error);
  send(response, json(status, { error: status === 500 ? 'SandboxFailed' : 'Refused', description }));
};
