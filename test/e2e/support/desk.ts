import { createServer } from 'node:http';
import { Pool } from 'pg';
import { z } from 'zod';
import { createClock } from '../../../src/sandbox/clock.ts';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import type { Vendors } from '../../../src/sandbox/vendors.ts';
import type { ZendeskControl } from '../../../src/sandbox/zendesk/control/control.ts';
import { emptyDatabase } from '../../support/database.ts';
import { end, listen } from '../../support/listen.ts';

/** The sandbox's Zendesk over HTTP, on a database of its own, in real time. */
export interface Desk {
  readonly url: string;
  /** All that the sandbox has beside it. */
  readonly vendors: Vendors;
  /** Brings an account into being. Its limits are out of the way of tests that are about something else. */
  open(subdomain: string, redirectUri: string): Promise<{ subdomain: string; clientId: string; clientSecret: string }>;
  control(subdomain: string): ZendeskControl;
  /** What stands on an account's tickets, ticket by ticket, comment by comment. */
  tickets(subdomain: string): Promise<readonly SeenTicket[]>;
  close(): Promise<void>;
}

export interface SeenTicket {
  readonly id: number;
  /** The conversation that it belongs to. */
  readonly conversation: string;
  readonly comments: readonly string[];
  /** Those among them that only agents see. */
  readonly notes: readonly string[];
}

const Tickets = z.object({ tickets: z.array(z.object({ id: z.number(), external_id: z.string().nullable() })) });
const Comments = z.object({ comments: z.array(z.object({ plain_body: z.string(), public: z.boolean() })) });

export async function openDesk(): Promise<Desk> {
  const database = await emptyDatabase();
  const pool = new Pool({ connectionString: database.url, max: 6 });
  const server = createServer();
  const url = await listen(server);
  const sandbox = await createSandbox({ db: pool, clock: createClock(), publicUrl: url });
  server.on('request', sandbox.app);
  const { zendesk } = sandbox.vendors;
  const close = async (): Promise<void> => {
    await sandbox.close();
    await end(server);
    await pool.end();
    await database.drop();
  };
  return {
    url,
    vendors: sandbox.vendors,
    close,
    control: (subdomain) => zendesk.account(subdomain),
    open: async (subdomain, redirectUri) => {
      const { client } = await zendesk.seed({ subdomain, redirectUris: [redirectUri] });
      await zendesk.account(subdomain).set({ ...OUT_OF_THE_WAY });
      return { subdomain, clientId: client.identifier, clientSecret: client.secret ?? '' };
    },
    tickets: (subdomain) => ticketsOf(zendesk.account(subdomain)),
  };
}

const MANY = 100_000;
const OUT_OF_THE_WAY = {
  signatures: false,
  ticketUpdateLimit: MANY,
  requestsPerMinute: MANY,
  ticketUpdatesPerMinute: MANY,
  userWritesPerSecond: MANY,
  userWritesPerUserAndMinute: MANY,
};

/** What stands on an account's tickets. */
export async function ticketsOf(control: ZendeskControl): Promise<readonly SeenTicket[]> {
  const authorization = `Bearer ${await control.adminToken()}`;
  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => {
    const answer = await fetch(`${control.url}/api/v2${path}`, { headers: { authorization } });
    return schema.parse(await answer.json());
  };
  const { tickets } = await get('/tickets?page[size]=100', Tickets);
  return await Promise.all(
    tickets.map(async ({ id, external_id }) => {
      const { comments } = await get(`/tickets/${id}/comments?page[size]=100`, Comments);
      const conversation = external_id?.split(':')[1] ?? '';
      const textsOf = (some: typeof comments) => some.map(({ plain_body }) => plain_body);
      return { id, conversation, comments: textsOf(comments), notes: textsOf(comments.filter((comment) => !comment.public)) };
    }),
  );
}
