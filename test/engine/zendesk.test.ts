import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConversation, say, settle } from './support/world.ts';
import { createZendeskWorld, startSandbox } from './support/zendesk-world.ts';
import type { SandboxServer, ZendeskWorld } from './support/zendesk-world.ts';

describe('a conversation in Zendesk', () => {
  let server: SandboxServer;
  let world: ZendeskWorld;
  beforeAll(async () => {
    server = await startSandbox();
  });
  afterAll(async () => {
    await server.close();
  });
  beforeEach(async () => {
    world = await createZendeskWorld(server);
  });
  afterEach(async () => {
    await world.close();
  });

  it('becomes one ticket with one comment for what was said together', async () => {
    const conversation = await createConversation(world);
    await say(world, conversation, 'Hello');
    await say(world, conversation, 'My order is <late> {{ticket.id}}');
    await settle(world);
    console.log(world.failures, await world.tickets(), await world.comments());
    expect(await world.tickets()).toMatchObject([{ subject: 'Conversation with Ann Lee (Demo)', tags: ['smooch'] }]);
  });

  it('brings an agent’s reply back, and neither notes nor our own comments', async () => {
    const conversation = await createConversation(world);
    await say(world, conversation, 'Hello');
    await settle(world);
    const [ticket] = await world.tickets();
    await world.zendesk.act({ ticket: ticket?.id ?? 0, as: 'Ben', do: 'note', text: 'internal' });
    await world.zendesk.act({ ticket: ticket?.id ?? 0, as: 'Ben', do: 'reply', text: 'How can I help?' });
    await world.webhooksDone();
    await settle(world);
    await say(world, conversation, 'thanks');
    await settle(world);
    await world.webhooksDone();
    await settle(world);
    console.log(
      world.failures,
      await world.comments(),
      await world.db.selectFrom('messages').selectAll().execute(),
      await world.db.selectFrom('inbound_events').selectAll().execute(),
    );
  });
});
