import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../../activities/collect.ts';
import type { BusinessSystem } from '../../activities/business-system.ts';
import type { Inbound } from '../../activities/inbound.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { receiveInbound } from '../../src/db/inbound/receive.ts';
import { newId } from '../../src/db/new-id.ts';
import type { AccountId, ConversationId, DestinationId, ThreadId } from '../../src/domain/ids.ts';
import { attemptOf, connectAccount, createConversation, createWorld } from './support/world.ts';
import type { World } from './support/world.ts';

/** Two accounts whose threads have the same names: only together with the account does a name mean something. */
const NAMES = ['1', '2', '3', '4'] as const;
const STATES = ['open', 'closed', 'gone', 'diverted'] as const;

interface Known {
  readonly id: ThreadId;
  readonly account: number;
  readonly name: string;
  readonly state: (typeof STATES)[number];
  readonly conversation: ConversationId;
}

const event = fc.record({
  kind: fc.constantFrom('reply', 'notice', 'revoked', 'ignored', 'account notice'),
  account: fc.nat({ max: 1 }),
  thread: fc.constantFrom(...NAMES, '99', '../1', ''),
  remote: fc.nat({ max: 6 }),
  key: fc.nat({ max: 8 }),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

describe('nobody’s answer reaches another person', () => {
  let world: World;
  let accounts: readonly { readonly account: AccountId; readonly destination: DestinationId }[];
  beforeEach(async () => {
    world = await createWorld();
    accounts = [
      await connectAccount(world, zendesk, { key: 'a', credentials: { accessToken: 'x' } }),
      await connectAccount(world, zendesk, { key: 'b', credentials: { accessToken: 'x' } }),
    ];
  });
  afterEach(async () => {
    await world.close();
  });

  it('whatever comes in, of whatever kind, under whatever names, doubled and out of order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 25 }), async (events) => {
        const threads = await freshThreads();
        for (const one of events) {
          const target = accounts[one.account];
          if (target !== undefined) await receiveInbound(world.db, target.account, inboundOf(one), { now: world.clock.now() });
        }
        expect(await received(threads)).toEqual(expected(events, threads));
      }),
      { numRuns: 40 },
    );
  });

  it('whatever a fetched thread holds, unless it talks to the very app user it belongs to, or whom that one was merged into', async () => {
    const items = fc.array(fc.nat({ max: 5 }), { maxLength: 5 });
    const addressee = fc.constantFrom('ours', 'theirs', 'nobody');
    const mergedInto = fc.constantFrom('nobody', 'somebody-else', 'a third person');
    await fc.assert(
      fc.asyncProperty(items, addressee, fc.boolean(), mergedInto, async (ids, to, isKnown, merged) => {
        const [open] = await freshThreads();
        if (open === undefined) throw new Error('no thread');
        if (isKnown) await know(open);
        const person = to === 'nobody' ? {} : { addressee: to === 'ours' ? `person-of-${open.conversation}` : 'somebody-else' };
        const system: BusinessSystem = {
          ...zendesk,
          collect: () => Promise.resolve({ items: ids.map((id) => reply(open, id)), cursor: null, ...person }),
          personNow: () => Promise.resolve(merged === 'nobody' ? undefined : merged),
        };
        await collect(world.ports, system, { conversation: open.conversation, thread: open.id }, attemptOf(1));
        const isOurs = to === 'ours' || (to === 'theirs' && merged === 'somebody-else');
        const isRelayed = to === 'nobody' || (isOurs && isKnown);
        const wanted = isRelayed ? [...new Set(ids)].map((id) => `text ${id}`) : [];
        expect((await received([open])).get(open.conversation) ?? []).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  /** New threads under the same names in both accounts, each of a conversation of its own; those of before are forgotten. */
  async function freshThreads(): Promise<readonly Known[]> {
    await world.db.deleteFrom('inbound_events').execute();
    await world.db.deleteFrom('remote_refs').execute();
    await world.db.deleteFrom('threads').execute();
    const known: Known[] = [];
    for (const [account, { account: id, destination }] of accounts.entries()) {
      for (const [index, name] of NAMES.entries()) {
        const conversation = await createConversation(world);
        const state = STATES[(index + account) % STATES.length] ?? 'open';
        const thread = newId<ThreadId>();
        await world.db
          .insertInto('threads')
          .values({
            id: thread,
            account_id: id,
            conversation_id: conversation,
            destination_id: destination,
            remote_id: name,
            label: name,
            state,
            version: null,
            cursor: null,
            created_at: 0,
          })
          .execute();
        known.push({ id: thread, account, name, state, conversation });
      }
    }
    return known;
  }

  /** The thread's app user has a record there. */
  async function know(thread: Known): Promise<void> {
    const { app_user_id } = await world.db
      .selectFrom('conversations')
      .select('app_user_id')
      .where('id', '=', thread.conversation)
      .executeTakeFirstOrThrow();
    const account = accounts[thread.account]?.account;
    if (account === undefined) return;
    await world.db
      .insertInto('people')
      .values({ account_id: account, app_user_id, remote_id: `person-of-${thread.conversation}`, profile_hash: '' })
      .execute();
  }

  /** Agents' texts by conversation, in order. */
  async function received(threads: readonly Known[]): Promise<ReadonlyMap<ConversationId, readonly (string | undefined)[]>> {
    const rows = await world.db
      .selectFrom('messages')
      .select(['conversation_id', 'content'])
      .orderBy('conversation_id')
      .orderBy('seq')
      .execute();
    const ids = new Set(threads.map(({ conversation }) => conversation));
    const all = new Map<ConversationId, (string | undefined)[]>();
    for (const { conversation_id, content } of rows) {
      if (ids.has(conversation_id)) all.set(conversation_id, [...(all.get(conversation_id) ?? []), content.text]);
    }
    return all;
  }
});

const reply = (thread: Known, id: number) => ({
  remoteId: `${thread.id} ${id}`,
  content: { type: 'text' as const, text: `text ${id}` },
  author: { name: 'Ben' },
});

function inboundOf({ kind, thread, remote, key }: Event): Inbound {
  switch (kind) {
    case 'reply':
      return {
        kind,
        key: `k${key}`,
        thread,
        remoteId: `r${remote}`,
        content: { type: 'text', text: `${thread}/${remote}` },
        author: {},
      };
    case 'notice':
      return { kind, key: `k${key}`, thread, remoteIds: [`r${remote}`] };
    case 'account notice':
      return { kind: 'notice', key: `k${key}` };
    case 'revoked':
      return { kind, key: `k${key}` };
    case 'ignored':
      return { kind, reason: 'none of ours' };
  }
}

/** A reply counts once by its event and once by its id, and only where its account has a thread of that name which is still ours. */
function expected(events: readonly Event[], threads: readonly Known[]): ReadonlyMap<ConversationId, readonly string[]> {
  const wanted = new Map<ConversationId, string[]>();
  const keys = new Set<string>();
  const ids = new Set<string>();
  for (const { kind, account, thread, remote, key } of events) {
    if (kind === 'ignored') continue;
    const known = threads.find((one) => one.account === account && one.name === thread);
    const isOurs = known !== undefined && (known.state === 'open' || known.state === 'closed');
    const isNew = !keys.has(`${account} ${key}`);
    const isKnownId = ids.has(`${account} ${remote}`);
    keys.add(`${account} ${key}`);
    if (kind !== 'reply' || !isOurs || !isNew || isKnownId) continue;
    ids.add(`${account} ${remote}`);
    wanted.set(known.conversation, [...(wanted.get(known.conversation) ?? []), `${thread}/${remote}`]);
  }
  return wanted;
}
