import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { collect } from '../../activities/collect.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { attemptOf, connectAccount, createConversation, say, settle } from '../engine/support/world.ts';
import { startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer } from '../engine/support/zendesk-world.ts';
import { createSlackWorld } from './support/slack-world.ts';
import type { SlackWorld } from './support/slack-world.ts';

const Comments = z.object({ comments: z.array(z.object({ plain_body: z.string(), public: z.boolean() })) });

describe('Slack beside Zendesk', () => {
  let server: SandboxServer;
  let world: SlackWorld;
  beforeAll(async () => {
    server = await startSandbox();
    world = await createSlackWorld(server, { operator: { zendesk: { url: `${server.url}/zendesk/{subdomain}` } } });
    await server.sandbox.vendors.zendesk.seed({ subdomain: 'beside' });
    const control = server.sandbox.vendors.zendesk.account('beside');
    await connectAccount(world, zendesk, { key: 'beside', credentials: { accessToken: await control.issueToken() } });
  });
  afterAll(async () => {
    await world.close();
    await server.close();
  });

  const control = () => server.sandbox.vendors.zendesk.account('beside');

  async function comments(ticket: string): Promise<readonly (readonly [string, boolean])[]> {
    const headers = { authorization: `Bearer ${await control().adminToken()}` };
    const answer = await fetch(`${control().url}/api/v2/tickets/${ticket}/comments`, { headers });
    return Comments.parse(await answer.json()).comments.map((comment) => [comment.plain_body, comment.public]);
  }

  it('shows one message in both, mirrors an answer of each into the other, and neither comes back', async () => {
    const conversation = await createConversation(world);
    await say(world, conversation, 'Where is my order?');
    await settle(world);
    expect(await world.seenOf(conversation)).toEqual(['Where is my order?']);
    const threads = await world.db.selectFrom('threads').select(['id', 'remote_id', 'label']).execute();
    const ticket = threads.find(({ label }) => label.startsWith('ticket'));
    expect((await comments(ticket?.remote_id ?? '')).map(([text]) => text)).toEqual(['Where is my order?']);

    await world.type(conversation, '/sk From Slack');
    await settle(world);
    await control().act({ ticket: Number(ticket?.remote_id), as: 'Ben', do: 'reply', text: 'From Zendesk' });
    if (ticket !== undefined) await collect(world.ports, zendesk, { conversation, thread: ticket.id }, attemptOf(1));
    await settle(world);
    if (ticket !== undefined) await collect(world.ports, zendesk, { conversation, thread: ticket.id }, attemptOf(1));
    await settle(world);

    const noted = (await comments(ticket?.remote_id ?? '')).filter(([text]) => text.includes('From Slack'));
    expect(noted).toEqual([[expect.stringContaining('Ben'), false]]);
    const channel = (await world.channelsOf(conversation)).at(-1)?.id ?? '';
    const mirrored = (await world.slack.messages(channel)).filter(({ text }) => text === 'From Zendesk');
    expect(mirrored.map(({ by }) => by)).toEqual(['Ben']);
    const rows = await world.db.selectFrom('messages').select('content').orderBy('seq').execute();
    expect(rows.map(({ content }) => content.text)).toEqual(['Where is my order?', 'From Slack', 'From Zendesk']);
  });
});
