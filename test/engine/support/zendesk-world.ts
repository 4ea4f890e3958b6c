import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { z } from 'zod';
import { zendesk } from '../../../activities/zendesk/index.ts';
import { openSecrets } from '../../../src/db/accounts/accounts.ts';
import { receiveInbound } from '../../../src/db/inbound/receive.ts';
import { toId } from '../../../src/domain/ids.ts';
import type { AccountId } from '../../../src/domain/ids.ts';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import type { ZendeskControl } from '../../../src/sandbox/zendesk/control/control.ts';
import { emptyDatabase } from '../../support/database.ts';
import { end, listen } from '../../support/listen.ts';
import { makeItSo } from './make-it-so.ts';
import { VirtualClock } from './virtual-clock.ts';
import { connectAccount, createWorld } from './world.ts';
import type { Connection, World } from './world.ts';

/** One sandbox for a test file; every world takes a subdomain of its own. */
export interface SandboxServer {
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  close(): Promise<void>;
}

export async function startSandbox(clock = new VirtualClock()): Promise<SandboxServer> {
  const database = await emptyDatabase();
  const pool = new Pool({ connectionString: database.url, max: 6 });
  const server = createServer();
  const url = await listen(server);
  const sandbox = await createSandbox({ db: pool, clock, publicUrl: url });
  server.on('request', sandbox.app);
  server.on('upgrade', sandbox.upgrade);
  const close = async (): Promise<void> => {
    await sandbox.close();
    await end(server);
    await pool.end();
    await database.drop();
  };
  return { url, sandbox, clock, close };
}

/** A world with a Zendesk in it: the sandbox over HTTP, its webhooks coming in. */
export interface ZendeskWorld extends World {
  readonly zendesk: ZendeskControl;
  readonly connection: Connection;
  /** What is on all tickets, in the order in which it appeared. */
  comments(): Promise<readonly SeenComment[]>;
  tickets(): Promise<readonly SeenTicket[]>;
  /** Until no webhook is under way. */
  webhooksDone(): Promise<void>;
}

const Ticket = z.object({
  id: z.number(),
  status: z.string(),
  subject: z.string(),
  requester_id: z.number(),
  tags: z.array(z.string()),
  external_id: z.string().nullable(),
});
export type SeenTicket = z.infer<typeof Ticket>;

export interface SeenComment {
  readonly id: number;
  readonly ticket: number;
  readonly text: string;
  readonly isPublic: boolean;
  readonly by: string;
}

const Comments = z.object({
  comments: z.array(z.object({ id: z.number(), plain_body: z.string(), public: z.boolean(), author_id: z.number() })),
  users: z.array(z.object({ id: z.number(), name: z.string() })),
});

let worlds = 0;

export interface ZendeskWorldOptions {
  /** `false`: without the webhook, the trigger and the conditions. */
  readonly install?: boolean;
  /** Another installation on the account of this world. */
  readonly beside?: ZendeskWorld;
}

export async function createZendeskWorld(server: SandboxServer, options: ZendeskWorldOptions = {}): Promise<ZendeskWorld> {
  worlds += 1;
  const subdomain = options.beside?.zendesk.subdomain ?? `w${worlds}`;
  await server.sandbox.vendors.zendesk.seed({ subdomain });
  const control = server.sandbox.vendors.zendesk.account(subdomain);
  const hooks = createServer();
  const publicUrl = await listen(hooks);
  const world = await createWorld({
    clock: server.clock,
    publicUrl,
    operator: { zendesk: { url: `${server.url}/zendesk/{subdomain}` } },
    installation: options.beside === undefined ? 'testbridge' : `bridge${worlds}`,
  });
  hooks.on('request', (request, response) => void takeHook(world, request, response));
  // Two, so that the observer still sees when ours is revoked.
  const token = await control.adminToken();
  const accessToken = await control.issueToken();
  const connection = await connectAccount(world, zendesk, { key: subdomain, credentials: { accessToken } });
  if (options.install !== false) await install(world, subdomain);
  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => {
    const answer = await fetch(`${control.url}/api/v2${path}`, { headers: { authorization: `Bearer ${token}` } });
    return schema.parse(await answer.json());
  };
  const tickets = async (): Promise<readonly SeenTicket[]> =>
    (await get('/tickets?page[size]=100', z.object({ tickets: z.array(Ticket) }))).tickets;
  const comments = async (): Promise<readonly SeenComment[]> => {
    const all: SeenComment[] = [];
    for (const { id } of await tickets()) {
      const { comments: some, users } = await get(`/tickets/${id}/comments?include=users&page[size]=100`, Comments);
      const named = new Map(users.map((user) => [user.id, user.name]));
      all.push(
        ...some.map((c) => ({ id: c.id, ticket: id, text: c.plain_body, isPublic: c.public, by: named.get(c.author_id) ?? '?' })),
      );
    }
    return all.toSorted((a, b) => a.id - b.id);
  };
  const close = async (): Promise<void> => {
    await webhooksDone(control);
    await end(hooks);
    await world.close();
  };
  return { ...world, zendesk: control, connection, comments, tickets, webhooksDone: () => webhooksDone(control), close };
}

/** Makes the account as wanted. @returns what was done, in words, and what people should know. */
export const install = (world: Pick<World, 'ports'>, accountKey: string) => makeItSo(world.ports, zendesk, accountKey);

async function webhooksDone(control: ZendeskControl): Promise<void> {
  while ((await control.invocations()).some(({ status }) => status === 'pending')) await sleep(10);
}

/** The API's side of a webhook: verify, store, answer. Nobody is rung: the sweep of the test finds what is dirty. */
async function takeHook(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const account = toId<AccountId>(request.url?.split('/').at(-1) ?? '');
  const row = await world.db.selectFrom('accounts').selectAll().where('id', '=', account).executeTakeFirstOrThrow();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const raw = { method: 'POST', headers, query: {}, body: Buffer.concat(chunks) };
  const secrets = openSecrets(world.vault, account, row.secrets);
  const hook = { account: row, secrets, operator: {}, now: world.clock.now() };
  for (const inbound of zendesk.receive(raw, hook)) await receiveInbound(world.db, account, inbound, { now: world.clock.now() });
  response.writeHead(200).end();
}
