import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationId } from '../../src/domain/ids.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { createConversation } from '../engine/support/world.ts';
import { VirtualClock } from '../engine/support/virtual-clock.ts';
import { createZendeskWorld, startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer, ZendeskWorld } from '../engine/support/zendesk-world.ts';
import { timeSkipping } from '../support/temporal.ts';
import { runVirtually } from './support/virtual-run.ts';
import type { VirtualRun } from './support/virtual-run.ts';

const MESSAGES = 60;
const EVERY_MS = 10 * SECOND;
/** An agent answers after so many messages. */
const ANSWERED = 20;

describe('somebody who writes sixty messages in ten minutes and is answered', () => {
  const environment = timeSkipping();
  let server: SandboxServer;
  let world: ZendeskWorld;
  let run: VirtualRun;
  let conversation: ConversationId;
  beforeAll(async () => {
    server = await startSandbox(new VirtualClock(await environment().currentTimeMs()));
    world = await createZendeskWorld(server);
    run = await runVirtually(environment(), world);
    conversation = await createConversation(world);
    await world.zendesk.set({ signatures: false });
    await world.zendesk.clearRequests();
  });
  afterAll(async () => {
    await run.stop();
    await world.close();
    await server.close();
  });

  it('never meets a limit of the ticket, and loses nothing', async () => {
    const said = Array.from({ length: MESSAGES }, (_, index) => `message ${index + 1}`);
    const answers: string[] = [];
    const waits = new Set<string>();
    for (const [index, text] of said.entries()) {
      await run.say(conversation, text);
      await run.pass(EVERY_MS);
      await run.sweep.once();
      waits.add((await run.details(conversation)).includes('to stay within the limit of this ticket') ? 'longer' : 'as usual');
      if ((index + 1) % ANSWERED !== 0) continue;
      answers.push(`answer ${answers.length + 1}`);
      await world.zendesk.act({
        ticket: (await world.tickets())[0]?.id ?? 0,
        as: 'Ben',
        do: 'reply',
        text: answers.at(-1) ?? '',
      });
      await world.webhooksDone();
    }
    await run.pass(5 * MINUTE);
    await run.sweep.once();
    await run.pass(MINUTE);

    const comments = await world.comments();
    expect(comments.filter(({ by }) => by === 'Ann Lee').flatMap(({ text }) => text.split('\n\n'))).toEqual(said);
    expect(await relayed()).toEqual(answers);
    const refused = (await world.zendesk.requests()).filter(({ status }) => status === 429);
    expect(refused).toEqual([]);
    // The limit was near: without longer windows there would have been sixty.
    expect([...waits].toSorted()).toEqual(['as usual', 'longer']);
    expect(comments.length).toBeLessThan(30);
  }, 400_000);

  const relayed = async (): Promise<readonly string[]> => {
    const rows = await world.db.selectFrom('messages').select('content').where('role', '=', 'appMaker').orderBy('seq').execute();
    return rows.map(({ content }) => content.text ?? '');
  };
});
