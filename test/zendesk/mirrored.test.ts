import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { accept } from '../../src/db/accept.ts';
import type { Author, Content, Source } from '../../src/domain/message.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { settle } from '../engine/support/world.ts';
import { atZendesk } from './support/at-zendesk.ts';
import type { AtZendesk } from './support/at-zendesk.ts';

const Users = z.object({ users: z.array(z.object({ id: z.number() })) });

async function mirror({ world, conversation }: AtZendesk, content: Content, author: Author, source: Source): Promise<void> {
  await accept(world.db, { conversation, role: 'appMaker', content, author, source, now: world.clock.now() });
  await settle(world, { forMs: 10 * MINUTE });
}

describe('what was answered elsewhere', () => {
  const desk = atZendesk();

  it('is an internal note under the agent’s name, which mails nobody and is taken for nobody’s reply', async () => {
    const at = desk();
    await at.says('one');
    await at.world.zendesk.clearOutbox();
    await mirror(at, { type: 'text', text: 'from a channel' }, { name: 'Carla <b>' }, { type: 'slack' });
    await mirror(at, { type: 'text', text: 'from the API' }, {}, { type: 'api' });
    await mirror(
      at,
      { type: 'image', text: 'a map', mediaUrl: 'https://files.example/map.png' },
      { name: 'Carla' },
      { type: 'slack' },
    );
    expect((await at.comments('internal')).map(({ text }) => text)).toEqual([
      'Carla <b> (Slack):\nfrom a channel',
      'The team:\nfrom the API',
      'Carla (Slack):\na map\nhttps://files.example/map.png',
    ]);
    expect(await at.comments('public')).toHaveLength(1);
    expect(await at.world.zendesk.outbox()).toEqual([]);
    await at.acts({ do: 'reply', text: 'from Zendesk' });
    expect((await at.answers()).map(({ text }) => text)).toEqual(['from a channel', 'from the API', 'a map', 'from Zendesk']);
  });

  it('with placeholders in it stays as it is, though the note is by an administrator', async () => {
    const at = desk();
    await at.says('one');
    await mirror(at, { type: 'text', text: '{{ticket.id}} {% x %}' }, { name: '{{current_user.email}}' }, { type: 'api' });
    const [note] = await at.comments('internal');
    expect(note?.text.replaceAll('\u2060', '')).toBe('{{current_user.email}}:\n{{ticket.id}} {% x %}');
  });

  it('waits, after the ticket was closed, for the app user’s next words', async () => {
    const at = desk();
    await at.says('one');
    await at.acts({ do: 'close', as: 'Ada Admin' });
    await mirror(at, { type: 'text', text: 'from elsewhere' }, { name: 'Carla' }, { type: 'slack' });
    expect(await at.world.tickets()).toHaveLength(1);
    await at.says('two');
    const last = await at.ticket();
    expect((await at.world.comments()).filter(({ ticket }) => ticket === last).map(({ text }) => text)).toEqual([
      'two',
      expect.stringMatching(/^Earlier messages of this conversation: http\S+\n\nCarla \(Slack\):\nfrom elsewhere$/),
    ]);
  });

  it('does not go to a ticket that was given to somebody else', async () => {
    const at = desk();
    await at.says('one');
    const { users } = await at.api('GET', '/users?role=admin', Users);
    await at.world.zendesk.act({ ticket: await at.ticket(), as: 'Ben', do: 'changeRequester', requester: users[0]?.id ?? 0 });
    await mirror(at, { type: 'text', text: 'from elsewhere' }, { name: 'Carla' }, { type: 'slack' });
    expect(await at.comments('internal')).toEqual([]);
  });
});
