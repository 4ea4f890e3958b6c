import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationId } from '../../src/domain/ids.ts';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts';
import { createConversation, say } from '../engine/support/world.ts';
import { VirtualClock } from '../engine/support/virtual-clock.ts';
import { createZendeskWorld, startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer, ZendeskWorld } from '../engine/support/zendesk-world.ts';
import { timeSkipping } from '../support/temporal.ts';
import { runVirtually } from './support/virtual-run.ts';
import type { VirtualRun } from './support/virtual-run.ts';

describe('a conversation in virtual time', () => {
  const environment = timeSkipping();
  let server: SandboxServer;
  let world: ZendeskWorld;
  let run: VirtualRun;
  let conversation: ConversationId;
  beforeAll(async () => {
    server = await startSandbox(new VirtualClock(await environment().currentTimeMs()));
  });
  afterAll(async () => {
    await server.close();
  });
  beforeEach(async () => {
    server.clock.set(await environment().currentTimeMs());
    world = await createZendeskWorld(server);
    run = await runVirtually(environment(), world);
    conversation = await createConversation(world);
  });
  afterEach(async () => {
    await run.stop();
    await world.close();
  });

  const comments = async (): Promise<readonly string[]> => (await world.comments()).map(({ text }) => text);
  it('collects what is said within five seconds into one comment', async () => {
    for (const text of ['one', 'two', 'three', 'four', 'five']) {
      await run.say(conversation, text);
      // Real time passes, too: a busy machine gets some.
      await run.pass(400);
    }
    expect(await comments()).toEqual([]);
    await run.pass(5_000);
    await expect.poll(comments).toEqual(['one\n\ntwo\n\nthree\n\nfour\n\nfive']);
  });

  it('sleeps out a limit of six minutes, and sends all that was said meanwhile as one comment', async () => {
    await run.say(conversation, 'opening');
    await run.pass(6_000);
    await expect.poll(comments).toEqual(['opening']);
    await world.zendesk.addFault({
      method: 'PUT',
      path: '/tickets/*',
      kind: 'status',
      status: 429,
      headers: { 'retry-after': '360' },
    });
    await run.say(conversation, 'one');
    await run.pass(6_000);
    await expect.poll(() => run.details(conversation)).toContain('takes no more on the account for now (rate limit)');
    for (const text of ['two', 'three']) {
      await run.say(conversation, text);
      await run.pass(2 * MINUTE);
    }
    expect(await comments()).toEqual(['opening']);
    await run.pass(3 * MINUTE);
    await expect.poll(comments).toEqual(['opening', 'one\n\ntwo\n\nthree']);
  });

  it('sleeps out an outage of a day, with tries that get rarer', async () => {
    await world.zendesk.addFault({ method: 'GET', path: '/users/**', kind: 'status', status: 503, times: 10_000 });
    await world.zendesk.addFault({ method: 'POST', path: '/users/create_or_update', kind: 'status', status: 503, times: 10_000 });
    await run.say(conversation, 'one');
    await run.pass(DAY);
    expect(await comments()).toEqual([]);
    expect((await world.zendesk.requests()).length).toBeLessThan(200);
    await world.zendesk.clearFaults();
    await run.pass(2 * HOUR);
    await expect.poll(comments).toEqual(['one']);
  });

  it('R2: what is said while a round is under way opens the next window', async () => {
    await world.zendesk.addFault({ method: 'POST', path: '/tickets', kind: 'slow', ms: 700 });
    await run.say(conversation, 'one');
    await run.pass(5_100);
    const isFrozen = async () => (await world.db.selectFrom('lanes').select('batch_id').executeTakeFirst())?.batch_id !== null;
    await expect.poll(isFrozen).toBe(true);
    await run.say(conversation, 'two');
    await expect.poll(comments).toEqual(['one']);
    await run.pass(6_000);
    await expect.poll(comments).toEqual(['one', 'two']);
  });

  it('brings an agent’s reply back and goes on', async () => {
    await run.say(conversation, 'one');
    await run.pass(6_000);
    await expect.poll(comments).toEqual(['one']);
    const [ticket] = await world.tickets();
    await world.zendesk.act({ ticket: ticket?.id ?? 0, as: 'Ben', do: 'reply', text: 'an answer' });
    await world.webhooksDone();
    await run.sweep.once();
    await run.pass(10_000);
    await run.sweep.once();
    const replies = async () =>
      (await world.db.selectFrom('messages').select('role').where('role', '=', 'appMaker').execute()).length;
    await expect.poll(replies).toBe(1);
  });

  it('is finished by the sweep where its bells were lost', async () => {
    const lost = await runLost();
    expect(lost).toBe(0);
    await run.pass(3_000);
    await run.sweep.once();
    await run.pass(6_000);
    await expect.poll(comments).toEqual(['said into the void']);
  });

  /** A message that is accepted by a process which dies before it rings. */
  async function runLost(): Promise<number> {
    await say(world, conversation, 'said into the void');
    return (await comments()).length;
  }
});
