import { expect } from 'vitest';
import { deliver } from '../../../activities/deliver.ts';
import { OutcomeUnknown } from '../../../activities/system-error.ts';
import type { Ports } from '../../../activities/ports.ts';
import { zendesk } from '../../../activities/zendesk/index.ts';
import { putGrant } from '../../../src/db/accounts/grants.ts';
import { receiveInbound } from '../../../src/db/inbound/receive.ts';
import { newId } from '../../../src/db/new-id.ts';
import { sweepLanes } from '../../../src/db/sweep/lanes.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { MINUTE } from '../../../src/domain/time.ts';
import { attemptOf, createConversation, deliveriesOf, say } from '../support/world.ts';
import { zendeskForEach } from '../support/zendesk-for-each.ts';
import type { ZendeskWorld } from '../support/zendesk-world.ts';

/** One conversation in Zendesk, with the hands and eyes that the tests of the rules need. Zendesk's webhooks are the test's own. */
export interface Desk {
  readonly world: ZendeskWorld;
  readonly conversation: ConversationId;
}

let world: ZendeskWorld;
let conversation: ConversationId;

/** Sets up a desk for each test of a file. Call it at the top of the file's `describe`. */
export function deskForEach(): () => Desk {
  zendeskForEach(
    async (fresh) => {
      world = fresh;
      await world.zendesk.set({ signatures: false });
      conversation = await createConversation(world);
    },
    { install: false },
  );
  return () => ({ world, conversation });
}

export const lane = () => ({ conversation, system: 'zendesk', destination: world.connection.destination });

export const round = (how: { readonly ports?: Ports; readonly id?: string } = {}) =>
  deliver(
    how.ports ?? world.ports,
    zendesk,
    { conversation, destination: world.connection.destination, round: how.id ?? newId<ConversationId>() },
    attemptOf(1),
  );

export const ledger = async (): Promise<readonly string[]> => (await deliveriesOf(world, conversation)).map(({ state }) => state);

/** What the app user's comments say. */
export const comments = async (): Promise<readonly string[]> =>
  (await world.comments()).filter(({ by, isPublic }) => isPublic && by === 'Ann Lee').flatMap(({ text }) => text.split('\n\n'));

export const answers = async (): Promise<readonly (string | undefined)[]> => {
  const rows = await world.db.selectFrom('messages').select('content').where('role', '=', 'appMaker').orderBy('seq').execute();
  return rows.map(({ content }) => content.text);
};

export const fault = (kind: 'lostAnswer' | 'limit') =>
  world.zendesk.addFault(
    kind === 'limit'
      ? {
          method: 'POST',
          path: '/tickets',
          kind: 'status',
          status: 429,
          headers: {
            'retry-after': '300',
            'x-rate-limit-remaining': '100',
            'zendesk-ratelimit-tickets-update': 'total=15; remaining=0; resets=300',
          },
        }
      : { method: 'POST', path: '/tickets', kind },
  );

/** A network in which the writes of tickets get lost on their way. */
export const lostRequests = (): Ports => ({
  ...world.ports,
  http: async (request, signal) => {
    if (request.writes && request.url.includes('/tickets')) throw new OutcomeUnknown('no answer');
    return await world.ports.http(request, signal);
  },
});

export const park = (): Promise<void> =>
  world.ports.accounts.park([{ destination: world.connection.destination, generation: 1 }], 'out of order', world.clock.now());

/** A person connects the account again. */
export async function repair(): Promise<void> {
  const credentials = { accessToken: await world.zendesk.issueToken() };
  await putGrant(world.db, world.vault, world.connection.account, { credentials }, world.clock.now());
  await world.db
    .updateTable('destinations')
    .set((e) => ({ generation: e('generation', '+', 1) }))
    .execute();
}

export const swept = async (): Promise<number> => (await sweepLanes(world.db, world.clock.now(), 10)).length;

/** A conversation whose first message is on its ticket. */
export async function opened() {
  await say(world, conversation, 'one');
  await round();
  const thread = await world.db.selectFrom('threads').select(['id', 'remote_id']).executeTakeFirstOrThrow();
  return { thread: thread.id, ticket: Number(thread.remote_id) };
}

export const reply = (ticket: number, text: string) => world.zendesk.act({ ticket, as: 'Ben', do: 'reply', text });

/** Tells us of the ticket's newest public comment, as our trigger does. */
export async function notice(ticket: number) {
  const id = (await world.comments()).findLast((comment) => comment.ticket === ticket && comment.isPublic)?.id;
  const event = { kind: 'notice', key: `comment ${id}`, thread: String(ticket), remoteIds: [`comment ${id}`] } as const;
  return await receiveInbound(world.db, world.connection.account, event, { now: world.clock.now() });
}

export const events = async (): Promise<readonly string[]> =>
  (await world.db.selectFrom('inbound_events').select('state').orderBy('id').execute()).map(({ state }) => state);

/** An administrator makes an end user an agent. */
export async function makeAgent(user: string): Promise<void> {
  world.clock.advance(MINUTE);
  const headers = { authorization: `Bearer ${await world.zendesk.adminToken()}`, 'content-type': 'application/json' };
  const answer = await fetch(`${world.zendesk.url}/api/v2/users/${user}`, {
    method: 'PUT',
    headers,
    body: JSON.stringify({ user: { role: 'agent' } }),
  });
  expect(answer.status).toBe(200);
}

/** Says something in the test's conversation. */
export const tell = (text: string, role?: 'appUser' | 'appMaker') => say(world, conversation, text, role);
