import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../../activities/collect.ts';
import type { BusinessSystem, Collected } from '../../activities/business-system.ts';
import type { Ports } from '../../activities/ports.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { newId } from '../../src/db/new-id.ts';
import type { ConversationId, ThreadId } from '../../src/domain/ids.ts';
import { dyingPorts } from './support/dying-ports.ts';
import { attemptOf, connectAccount, createConversation, createWorld } from './support/world.ts';
import type { Connection, World } from './support/world.ts';

/** What a system says about a thread of ours, whose person is "ours". */
interface Said {
  readonly addressee: 'ours' | 'heir' | 'other';
  /** Whoever "ours" was merged into. */
  readonly heir: 'heir' | undefined;
  readonly isClosed: boolean;
  /** Whom the thread talks to that this one was merged into. */
  readonly successor: 'ours' | 'heir' | 'other' | undefined;
}

const said = fc.record({
  addressee: fc.constantFrom<Said['addressee']>('ours', 'heir', 'other'),
  heir: fc.constantFrom<Said['heir']>('heir', undefined),
  isClosed: fc.boolean(),
  successor: fc.constantFrom<Said['successor']>('ours', 'heir', 'other', undefined),
});

describe('where a thread and its person are now', () => {
  let world: World;
  let connection: Connection;
  beforeAll(async () => {
    world = await createWorld();
    connection = await connectAccount(world, zendesk, { key: 'a', credentials: { accessToken: 'x' } });
  });
  afterAll(async () => {
    await world.close();
  });

  it('decides what is relayed, and where the conversation goes on', async () => {
    await fc.assert(
      fc.asyncProperty(said, async (what) => {
        const { thread, conversation } = await aThread();
        await fetchIt(systemSaying(what, thread), { thread, conversation });
        const person = what.addressee === 'ours' ? 'ours' : (what.heir ?? 'ours');
        const isOurs = what.addressee === person;
        const isFollowed = what.isClosed && what.successor === person;
        const isLost = !isOurs || (what.isClosed && what.successor !== undefined && !isFollowed);
        expect(await textsOf(conversation)).toEqual(isOurs ? ['an answer'] : []);
        expect(await personOf(conversation)).toBe(person);
        const state = isLost ? 'diverted' : what.isClosed ? 'closed' : 'open';
        expect(await threadsOf(conversation)).toEqual([
          { remote_id: thread, state },
          ...(isOurs && isFollowed ? [{ remote_id: `next of ${thread}`, state: 'open' }] : []),
        ]);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['before', 'after'] as const)(
    'is found out, and what was said is taken once, though killed %s any call',
    async (when) => {
      for (let n = 1; ; n += 1) {
        const at = await aThread();
        const system = systemSaying({ addressee: 'heir', heir: 'heir', isClosed: true, successor: 'heir' }, at.thread);
        const dying = dyingPorts(world.ports, n, when);
        await fetchIt(system, at, dying.ports).catch(() => undefined);
        await fetchIt(system, at);
        expect(await textsOf(at.conversation)).toEqual(['an answer']);
        expect(await personOf(at.conversation)).toBe('heir');
        expect((await threadsOf(at.conversation)).map(({ state }) => state)).toEqual(['closed', 'open']);
        if (!dying.hasDied()) return expect(n).toBeGreaterThan(2);
      }
    },
  );

  it('leaves a thread that was opened meanwhile where it is', async () => {
    const at = await aThread();
    const system: BusinessSystem = systemSaying(
      { addressee: 'ours', heir: undefined, isClosed: true, successor: 'ours' },
      at.thread,
    );
    const racing: BusinessSystem = {
      ...system,
      successor: async (...args) => {
        await world.db.updateTable('threads').set({ state: 'closed' }).where('remote_id', '=', at.thread).execute();
        await addThread(at.conversation, `opened after ${at.thread}`);
        return await system.successor?.(...args);
      },
    };
    await fetchIt(racing, at);
    expect((await threadsOf(at.conversation)).filter(({ state }) => state === 'open')).toEqual([
      { remote_id: `opened after ${at.thread}`, state: 'open' },
    ]);
  });

  it('tells once of what was not taken', async () => {
    const at = await aThread();
    const collected = { items: [], skipped: [{ remoteId: `r ${at.thread}`, reason: 'nothing but a signature' }], cursor: null };
    const system: BusinessSystem = { ...zendesk, collect: () => Promise.resolve(collected) };
    expect((await fetchIt(system, at)).summary).toContain('skipped: nothing but a signature');
    expect((await fetchIt(system, at)).summary).toBe(`${at.thread} → nothing new`);
  });

  const fetchIt = (
    { ...system }: BusinessSystem,
    at: { conversation: ConversationId; thread: string },
    ports: Ports = world.ports,
  ) => idOf(at.thread).then((thread) => collect(ports, system, { conversation: at.conversation, thread }, attemptOf(1)));

  const idOf = async (thread: string): Promise<ThreadId> =>
    (await world.db.selectFrom('threads').select('id').where('remote_id', '=', thread).executeTakeFirstOrThrow()).id;

  /** An open thread of a conversation, whose app user is "ours" there. */
  async function aThread(): Promise<{ conversation: ConversationId; thread: string }> {
    const conversation = await createConversation(world);
    const { app_user_id } = await world.db
      .selectFrom('conversations')
      .select('app_user_id')
      .where('id', '=', conversation)
      .executeTakeFirstOrThrow();
    await world.db
      .insertInto('people')
      .values({ account_id: connection.account, app_user_id, remote_id: 'ours', profile_hash: '' })
      .execute();
    const thread = `thread of ${conversation}`;
    await addThread(conversation, thread);
    return { conversation, thread };
  }

  const addThread = (conversation_id: ConversationId, remote_id: string): Promise<unknown> =>
    world.db
      .insertInto('threads')
      .values({
        id: newId<ThreadId>(),
        account_id: connection.account,
        conversation_id,
        destination_id: connection.destination,
        remote_id,
        label: remote_id,
        state: 'open',
        version: null,
        cursor: null,
        created_at: world.clock.now(),
      })
      .execute();

  const textsOf = async (conversation: ConversationId): Promise<readonly (string | undefined)[]> =>
    (await world.db.selectFrom('messages').select('content').where('conversation_id', '=', conversation).execute()).map(
      ({ content }) => content.text,
    );

  const personOf = async (conversation: ConversationId): Promise<string> =>
    (
      await world.db
        .selectFrom('people as p')
        .innerJoin('conversations as c', 'c.app_user_id', 'p.app_user_id')
        .select('p.remote_id')
        .where('c.id', '=', conversation)
        .executeTakeFirstOrThrow()
    ).remote_id;

  const threadsOf = (conversation: ConversationId) =>
    world.db
      .selectFrom('threads')
      .select(['remote_id', 'state'])
      .where('conversation_id', '=', conversation)
      .orderBy('state')
      .orderBy('remote_id', 'desc')
      .execute();
});

function systemSaying({ addressee, heir, isClosed, successor }: Said, thread: string): BusinessSystem {
  const collected: Collected = {
    items: [{ remoteId: `answer in ${thread}`, content: { type: 'text', text: 'an answer' }, author: { name: 'Ben' } }],
    addressee,
    cursor: null,
    ...(isClosed ? { state: 'closed' as const } : {}),
  };
  const next = successor && { remoteId: `next of ${thread}`, label: 'next', addressee: successor, data: {} };
  return {
    ...zendesk,
    collect: () => Promise.resolve(collected),
    successor: () => Promise.resolve(next),
    personNow: () => Promise.resolve(heir),
  };
}
