import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { zendesk } from '../../../activities/zendesk/index.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { textOf } from '../../../src/domain/json.ts';
import { putGrant } from '../../../src/db/accounts/grants.ts';
import { openSecrets } from '../../../src/db/accounts/accounts.ts';
import type { FaultScript } from '../../../src/sandbox/faults.ts';
import { createZendeskWorld, startSandbox } from '../../engine/support/zendesk-world.ts';
import type { SandboxServer, ZendeskWorld } from '../../engine/support/zendesk-world.ts';
import type { Fault, Stand, StandFactory } from '../stand.ts';

const Identified = z.object({ id: z.number() });

let server: SandboxServer | undefined;

/** Zendesk: the sandbox over HTTP, its webhooks coming in. */
export const stand: StandFactory = {
  system: zendesk,
  lacks: {},
  open: async () => {
    server = await startSandbox();
  },
  end: async () => server?.close(),
  create: async (): Promise<Stand> => {
    if (server === undefined) throw new Error('the sandbox is not open');
    const world = await createZendeskWorld(server);
    return {
      world,
      connection: world.connection,
      seen: (conversation) => seen(world, conversation),
      fault: {
        rateLimit: (seconds) =>
          fault(world, { ...WRITES, kind: 'status', status: 429, headers: { 'retry-after': String(seconds) } }),
        serverError: (times) => fault(world, { ...WRITES, kind: 'status', status: 503, times }),
        lostAnswer: () => fault(world, { ...WRITES, kind: 'lostAnswer' }),
        refuseContent: (times) =>
          fault(world, {
            ...WRITES,
            kind: 'status',
            status: 422,
            times,
            body: { error: 'RecordInvalid', description: 'Record validation errors' },
          }),
      },
      access: { revoke: () => revoke(world), repair: () => repair(world) },
      threads: {
        remove: (conversation) => act(world, conversation, { as: 'Ada Admin', do: 'delete' }),
        reply: (conversation, text) => act(world, conversation, { as: 'Ben', do: 'reply', text }),
        note: (conversation, text) => act(world, conversation, { as: 'Ben', do: 'note', text }),
        divert: (conversation) => divert(world, conversation),
        count: async (conversation) => (await ticketsOf(world, conversation)).length,
      },
      signed: (now) => signed(world, now),
      literal: (text) => text.replaceAll(/\{(?=[{%])|[}%](?=\})/g, '$&\u2060'),
      close: () => world.close(),
    };
  },
};

/** The write that carries the first words: the ticket, not the end user before it. */
const WRITES = { method: 'POST', path: '/tickets' } as const;

async function fault(world: ZendeskWorld, script: FaultScript): Promise<Fault> {
  const { id } = await world.zendesk.addFault(script);
  return { fired: async () => (await world.zendesk.faults()).find((row) => row.id === id)?.fired ?? 0 };
}

const ticketsOf = async (world: ZendeskWorld, conversation: ConversationId) =>
  (await world.tickets()).filter(({ external_id }) => external_id?.includes(conversation));

/** The lines of the app user's comments: each line of a test is one message. */
async function seen(world: ZendeskWorld, conversation: ConversationId): Promise<readonly string[]> {
  const ids = new Set((await ticketsOf(world, conversation)).map(({ id }) => id));
  const comments = (await world.comments()).filter(({ ticket, by }) => ids.has(ticket) && by === 'Ann Lee');
  return comments.flatMap(({ text }) => text.split('\n\n'));
}

type Doing =
  { readonly as: string; readonly do: 'reply' | 'note'; readonly text: string } | { readonly as: string; readonly do: 'delete' };

async function act(world: ZendeskWorld, conversation: ConversationId, doing: Doing): Promise<void> {
  const ticket = (await ticketsOf(world, conversation)).at(-1)?.id ?? 0;
  await world.zendesk.act({ ticket, ...doing });
  await world.webhooksDone();
}

/** The ticket becomes somebody else's, and the agent answers that person. */
async function divert(world: ZendeskWorld, conversation: ConversationId): Promise<void> {
  const ticket = (await ticketsOf(world, conversation)).at(-1)?.id ?? 0;
  const token = await world.zendesk.adminToken();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ user: { name: 'Somebody Else', email: 'else@example.com' } });
  const answer = await fetch(`${world.zendesk.url}/api/v2/users`, { method: 'POST', headers, body });
  const { user } = z.object({ user: Identified }).parse(await answer.json());
  await world.zendesk.act({ ticket, as: 'Ben', do: 'changeRequester', requester: user.id });
}

async function revoke(world: ZendeskWorld): Promise<void> {
  const grant = await world.ports.accounts.grant(world.connection.account);
  const headers = { authorization: `Bearer ${textOf(grant?.credentials ?? {}, 'accessToken')}` };
  const answer = await fetch(`${world.zendesk.url}/api/v2/oauth/tokens/current`, { headers });
  const { token } = z.object({ token: Identified }).parse(await answer.json());
  await fetch(`${world.zendesk.url}/api/v2/oauth/tokens/${token.id}`, { method: 'DELETE', headers });
}

/** What connecting again does: a new grant, and a new generation of the destination. */
async function repair(world: ZendeskWorld): Promise<void> {
  const { account, destination } = world.connection;
  await putGrant(
    world.db,
    world.vault,
    account,
    { credentials: { accessToken: await world.zendesk.issueToken() } },
    world.clock.now(),
  );
  await world.db
    .updateTable('destinations')
    .set((e) => ({ generation: e('generation', '+', 1) }))
    .where('id', '=', destination)
    .execute();
}

async function signed(world: ZendeskWorld, now: number) {
  const { account } = world.connection;
  const row = await world.db.selectFrom('accounts').select('secrets').where('id', '=', account).executeTakeFirstOrThrow();
  const secret = textOf(openSecrets(world.vault, account, row.secrets), 'signingSecret');
  const body = Buffer.from('{"v":1,"ticket_id":"1","comment_id":"2","updated_at":"2026-11-23T13:00:00Z"}');
  const timestamp = new Date(now).toISOString();
  const signature = createHmac('sha256', secret).update(timestamp).update(body).digest('base64');
  const headers = { 'x-zendesk-webhook-signature': signature, 'x-zendesk-webhook-signature-timestamp': timestamp };
  return { method: 'POST', headers, query: {}, body };
}
