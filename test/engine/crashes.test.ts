import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { collect } from '../../activities/collect.ts';
import { apply, reconcile } from '../../activities/reconcile.ts';
import type { Ports } from '../../activities/ports.ts';
import { OutcomeUnknown } from '../../activities/system-error.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { putGrant } from '../../src/db/accounts/grants.ts';
import type { ConversationId, ThreadId } from '../../src/domain/ids.ts';
import { dyingPorts } from './support/dying-ports.ts';
import { attemptOf, createConversation, runRound, say, settle } from './support/world.ts';
import { createZendeskWorld, startSandbox } from './support/zendesk-world.ts';
import type { SandboxServer, ZendeskWorld } from './support/zendesk-world.ts';

describe('killed before or after any of its calls', () => {
  let server: SandboxServer;
  let world: ZendeskWorld;
  beforeAll(async () => {
    server = await startSandbox();
  });
  afterAll(async () => {
    await server.close();
  });
  beforeEach(async () => {
    world = await createZendeskWorld(server, { install: false });
    await world.zendesk.set({ signatures: false });
  });
  afterEach(async () => {
    await world.close();
  });

  describe.each(['before', 'after'] as const)('(%s)', (when) => {
    it.each([
      ['a collect', false],
      ['a collect that meets an undecided write', true],
    ])(
      '%s takes each reply once and in order',
      async (_title, isUndecided) => {
        for (let n = 1; ; n += 1) {
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

    // Before a call and after the one before it are the same to everybody else: every second call, in both ways, is every moment.
    it('an installation leaves one webhook and one trigger, and a removal none', async () => {
      for (let n = 1; ; n += 2) {
        const installing = dyingPorts(world.ports, n, when);
        await makeItSo(installing.ports).catch(() => undefined);
        await makeItSo(world.ports);
        expect(await ours(), `killed ${when} call ${n}, ${installing.calls.at(-1)}`).toEqual({ webhooks: 1, triggers: 1 });
        expect((await makeItSo(world.ports)).steps).toBe(0);

        await leave();
        const removing = dyingPorts(world.ports, n, when);
        await makeItSo(removing.ports).catch(() => undefined);
        await makeItSo(world.ports);
        expect(await ours(), `killed ${when} call ${n}, ${removing.calls.at(-1)}`).toEqual({ webhooks: 0, triggers: 0 });
        expect(await world.db.selectFrom('grants').selectAll().execute()).toEqual([]);
        expect(await world.db.selectFrom('integrations').select('status').execute()).toEqual([{ status: 'removed' }]);
        await join();
        if (!installing.hasDied() && !removing.hasDied()) return expect(n).toBeGreaterThan(8);
      }
    }, 600_000);
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

  /** What the account's workflow does until nothing is left to do. */
  async function makeItSo(ports: Ports): Promise<{ steps: number }> {
    const account = await world.db.selectFrom('accounts').select('key').executeTakeFirstOrThrow();
    const input = { system: 'zendesk', accountKey: account.key };
    for (let done = 0; ; done += 1) {
      const [step] = (await reconcile(ports, zendesk, input, attemptOf(1))).steps;
      if (step === undefined) return { steps: done };
      await apply(ports, zendesk, { ...input, step }, attemptOf(1));
    }
  }

  const leave = (): Promise<unknown> => world.db.updateTable('integrations').set({ status: 'removing' }).execute();

  /** Connects the account again. */
  async function join(): Promise<void> {
    const credentials = { accessToken: await world.zendesk.issueToken() };
    await putGrant(world.db, world.vault, world.connection.account, { credentials }, world.clock.now());
    await world.db.updateTable('integrations').set({ status: 'connecting' }).execute();
  }

  /** How many webhooks and triggers at Zendesk carry our name. */
  async function ours(): Promise<{ webhooks: number; triggers: number }> {
    const headers = { authorization: `Bearer ${await world.zendesk.issueToken()}` };
    const read = async (path: string): Promise<unknown> =>
      (await fetch(`${world.zendesk.url}/api/v2${path}`, { headers })).json();
    const { webhooks } = z.object({ webhooks: z.array(z.object({ name: z.string() })) }).parse(await read('/webhooks'));
    const { triggers } = z
      .object({ triggers: z.array(z.object({ title: z.string() })) })
      .parse(await read('/triggers?page[size]=100'));
    return {
      webhooks: webhooks.filter(({ name }) => name.includes('testbridge')).length,
      triggers: triggers.filter(({ title }) => title.includes('testbridge')).length,
    };
  }
});
