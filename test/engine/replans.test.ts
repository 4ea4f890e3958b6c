import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { refTo } from '../../activities/batch.ts';
import type { Batch, Effect, PlanContext, PlannedEffect, RemoteRef } from '../../activities/batch.ts';
import type { BusinessSystem } from '../../activities/business-system.ts';
import { deliver } from '../../activities/deliver.ts';
import { OutcomeUnknown, PersonGone, Refused } from '../../activities/system-error.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { newId } from '../../src/db/new-id.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { pausingPorts } from './support/dying-ports.ts';
import { attemptOf, connectAccount, createConversation, createWorld, deliveriesOf, say } from './support/world.ts';
import type { Connection, World } from './support/world.ts';

const Words = z.object({
  by: z
    .string()
    .transform((by) => [by])
    .default([]),
  tokens: z.array(z.string()).default([]),
});

/** A system whose writes are noted, and answered as the test says. */
interface Scripted {
  readonly system: BusinessSystem;
  /** What was performed, in order, with what it referred to: "words token-1". */
  readonly performed: string[];
  /** What the plans were told: the forms of the messages and the former person. */
  readonly planned: string[];
  /** Errors for the next writes of an effect. */
  readonly fails: Map<string, Error[]>;
}

/** A file for each message, made fresh after ten minutes; then all words in one write. */
function scripted(): Scripted {
  const performed: string[] = [];
  const planned: string[] = [];
  const fails = new Map<string, Error[]>();
  let made = 0;
  const plan = ({ messages }: Batch, { done, person, formerPerson }: PlanContext): readonly PlannedEffect[] => {
    planned.push([...messages.map(({ form }) => form), ...(formerPerson === undefined ? [] : [`not ${formerPerson}`])].join(' '));
    const files = messages.filter(({ form }) => form === 'full').map(({ seq }) => ({ key: `file ${seq}`, seq }));
    const effects: PlannedEffect[] = [
      ...(person === undefined
        ? [{ key: 'person', summary: 'p', seqs: [], makes: 'person' as const, repeatable: true, write: {} }]
        : []),
      ...files.map(({ key, seq }) => ({
        key,
        summary: key,
        seqs: [],
        serves: [seq],
        repeatable: true,
        freshForMs: 10 * MINUTE,
        write: {},
      })),
      {
        key: 'words',
        summary: 'words',
        seqs: messages.map(({ seq }) => seq),
        write: { by: person?.remoteId ?? refTo('person', 'person'), tokens: files.map(({ key }) => refTo(key, 'token')) },
      },
    ];
    return effects.filter(({ key }) => !done.has(key));
  };
  const perform = ({ key, write }: Effect): Promise<RemoteRef> => {
    const { by, tokens } = Words.parse(write);
    performed.push([key, ...by, ...tokens].join(' '));
    const error = fails.get(key)?.shift();
    if (error !== undefined) return Promise.reject(error);
    made += 1;
    return Promise.resolve(
      key === 'person' ? { ids: [], person: `person-${made}`, profileHash: '' } : { ids: [], token: `token-${made}` },
    );
  };
  const facts = { ...zendesk.facts, threads: false };
  return { system: { ...zendesk, facts, plan, perform, find: () => Promise.resolve(undefined) }, performed, planned, fails };
}

describe('a batch is planned anew', () => {
  let world: World;
  let connection: Connection;
  let conversation: ConversationId;
  let script: Scripted;
  beforeEach(async () => {
    world = await createWorld();
    connection = await connectAccount(world, zendesk, { key: 'a', credentials: { accessToken: 'x' } });
    conversation = await createConversation(world);
    script = scripted();
  });
  afterEach(async () => {
    await world.close();
  });

  const round = (ports = world.ports): ReturnType<typeof deliver> =>
    deliver(
      ports,
      script.system,
      { conversation, destination: connection.destination, round: newId<ConversationId>() },
      attemptOf(1),
    );

  const states = async (): Promise<readonly string[]> => (await deliveriesOf(world, conversation)).map(({ state }) => state);

  describe('when a result has grown too old for the write that refers to it', () => {
    beforeEach(async () => {
      script.fails.set('words', [new OutcomeUnknown('no answer')]);
      await say(world, conversation, 'one');
      await round();
    });

    it('makes it again, once the write is known not to have arrived', async () => {
      world.clock.advance(15 * MINUTE);
      await round();
      expect(script.performed).toEqual(['person', 'file 1', 'words person-1 token-2', 'file 1', 'words person-1 token-3']);
      expect(await states()).toEqual(['delivered']);
    });

    it('and only then: what is fresh is used again, with the same bytes', async () => {
      world.clock.advance(5 * MINUTE);
      await round();
      expect(script.performed.slice(3)).toEqual(['words person-1 token-2']);
    });

    it.each(['before', 'after'] as const)('by one of two attempts at once, whichever is suspended %s it', async (when) => {
      world.clock.advance(15 * MINUTE);
      const slow = pausingPorts(world.ports, { method: 'rounds.replan', nth: 1 }, when);
      const first = round(slow.ports);
      await slow.reached;
      await round();
      slow.resume();
      await first;
      expect(script.performed.slice(3)).toEqual(['file 1', 'words person-1 token-3']);
      expect(await states()).toEqual(['delivered']);
    });
  });

  it('when a part of a message is refused: that message takes a plainer form, and no other', async () => {
    script.fails.set('file 2', [new Refused('no such file')]);
    await say(world, conversation, 'one');
    await say(world, conversation, 'two');
    await round();
    expect(script.planned).toEqual(['full full', 'full plain']);
    expect(script.performed).toEqual(['person', 'file 1', 'file 2', 'words person-1 token-2']);
    expect(await states()).toEqual(['delivered', 'delivered']);
  });

  it('when the person is gone: it is told who that was, and finds out who it is now', async () => {
    await say(world, conversation, 'one');
    await round();
    script.fails.set('words', [new PersonGone('merged', { person: 'person-1' })]);
    await say(world, conversation, 'two');
    await round();
    expect(script.planned).toEqual(['full', 'full', 'full not person-1']);
    expect(script.performed.slice(3)).toEqual(['file 2', 'words person-1 token-4', 'person', 'words person-5 token-4']);
    expect(await world.db.selectFrom('people').select(['remote_id', 'gone']).execute()).toEqual([
      { remote_id: 'person-5', gone: false },
    ]);
  });

  it('but not for what somebody else has said of a person whom we no longer mean', async () => {
    await say(world, conversation, 'one');
    await round();
    await world.ports.rounds.replan({ batch: (await lastBatch()).id, now: world.clock.now(), person: 'person-0' });
    expect(await world.db.selectFrom('people').select(['remote_id', 'gone']).execute()).toEqual([
      { remote_id: 'person-1', gone: false },
    ]);
  });

  const lastBatch = () => world.db.selectFrom('batches').select('id').orderBy('opened_at', 'desc').executeTakeFirstOrThrow();
});
