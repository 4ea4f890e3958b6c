import { describe, expect, it } from 'vitest';
import { collect } from '../../activities/collect.ts';
import type { Ports } from '../../activities/ports.ts';
import { OutcomeUnknown } from '../../activities/system-error.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import type { ConversationId, ThreadId } from '../../src/domain/ids.ts';
import { dyingPorts } from './support/dying-ports.ts';
import { attemptOf, createConversation, runRound, say, settle } from './support/world.ts';
import { zendeskForEach } from './support/zendesk-for-each.ts';
import type { ZendeskWorld } from './support/zendesk-world.ts';

describe('a collect that is killed before or after any of its calls', () => {
  let world: ZendeskWorld;
  zendeskForEach(
    async (fresh) => {
      world = fresh;
      await world.zendesk.set({ signatures: false });
    },
    { install: false },
  );

  describe.each(['before', 'after'] as const)('(%s)', (when) => {
    it.each([
      ['', false],
      [', while it meets an undecided write', true],
    ])(
      'takes each reply once and in order%s',
      async (_title, isUndecided) => {
        // Before a call and after the one before it are the same to everybody else: every second one, in both ways, is every moment.
        for (let n = 1; ; n += 2) {
          const { conversation, thread, ticket } = await opened();
          if (isUndecided) await writeUndecided(conversation);
          for (const text of ['first', 'second']) await world.zendesk.act({ ticket, as: 'Ben', do: 'reply', text });
          const dying = dyingPorts(world.ports, n, when);
          await collect(dying.ports, zendesk, { conversation, thread }, attemptOf(1)).catch(() => undefined);
          await collect(world.ports, zendesk, { conversation, thread }, attemptOf(2));
          await world.db.updateTable('threads').set({ dirty: 1, dirty_at: world.clock.now() }).where('id', '=', thread).execute();
          await settle(world);
          expect(await answers(conversation), `killed ${when} call ${n}, ${dying.calls.at(-1)}`).toEqual(['first', 'second']);
          if (!dying.hasDied()) return expect(n).toBeGreaterThan(4);
        }
      },
      60_000,
    );
  });

  async function opened(): Promise<{ conversation: ConversationId; thread: ThreadId; ticket: number }> {
    const conversation = await createConversation(world);
    await say(world, conversation, 'one');
    await runRound(world, { conversation, system: 'zendesk', destination: world.connection.destination });
    const thread = await world.db
      .selectFrom('threads')
      .select(['id', 'remote_id'])
      .where('conversation_id', '=', conversation)
      .executeTakeFirstOrThrow();
    return { conversation, thread: thread.id, ticket: Number(thread.remote_id) };
  }

  /** A comment that is on the ticket, of which we do not know. */
  async function writeUndecided(conversation: ConversationId): Promise<void> {
    await say(world, conversation, 'two');
    const deaf: Ports = {
      ...world.ports,
      http: async (request, signal) => {
        const answer = await world.ports.http(request, signal);
        if (request.method === 'PUT') throw new OutcomeUnknown('the answer was lost');
        if (request.url.includes('/audits')) return { ...answer, text: '{"audits":[]}' };
        return answer;
      },
    };
    await runRound(world, { conversation, system: 'zendesk', destination: world.connection.destination }, () => deaf);
    const sent = await world.db.selectFrom('effects').select('id').where('state', '=', 'sent').execute();
    expect(sent).toHaveLength(1);
  }

  const answers = async (conversation: ConversationId): Promise<readonly (string | undefined)[]> => {
    const rows = await world.db
      .selectFrom('messages')
      .select('content')
      .where('conversation_id', '=', conversation)
      .where('role', '=', 'appMaker')
      .orderBy('seq')
      .execute();
    return rows.map(({ content }) => content.text);
  };
});
