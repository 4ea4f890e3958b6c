import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { accept } from '../../src/db/accept.ts';
import type { Content } from '../../src/domain/message.ts';
import { HOUR, MINUTE } from '../../src/domain/time.ts';
import { CHANGES, dyingPorts } from '../engine/support/dying-ports.ts';
import { createConversation, deliveriesOf, runRound, settle } from '../engine/support/world.ts';
import { atZendesk, deskOf } from './support/at-zendesk.ts';
import type { AtZendesk } from './support/at-zendesk.ts';
import { startMediaServer } from './support/media-server.ts';
import type { MediaServer } from './support/media-server.ts';

const Comments = z.object({
  comments: z.array(
    z.object({
      plain_body: z.string(),
      attachments: z.array(z.object({ file_name: z.string(), content_type: z.string(), content_url: z.string() })),
    }),
  ),
});

/** The comments of the newest ticket, with what is attached to them. */
const seen = async (at: AtZendesk) =>
  (await at.api('GET', `/tickets/${await at.ticket()}/comments`, Comments)).comments.map(({ plain_body, attachments }) => ({
    text: plain_body,
    files: attachments.map(({ file_name }) => file_name),
  }));

async function send({ world, conversation }: AtZendesk, content: Content): Promise<void> {
  await accept(world.db, { conversation, role: 'appUser', content, author: {}, source: { type: 'api' }, now: world.clock.now() });
}

const bellOf = ({ world, conversation }: AtZendesk) => ({
  conversation,
  system: 'zendesk',
  destination: world.connection.destination,
});

describe('files of the app user', () => {
  const desk = atZendesk({ install: false });
  let media: MediaServer;
  beforeAll(async () => {
    media = await startMediaServer();
  });
  afterAll(async () => {
    await media.close();
  });

  it('are attached to the comment, in the batch’s one comment', async () => {
    const at = desk();
    await send(at, { type: 'text', text: 'Look:' });
    await send(at, { type: 'image', text: 'my shoes', mediaUrl: `${media.url}/photo.png?size=1` });
    await send(at, { type: 'file', mediaUrl: `${media.url}/report.pdf` });
    await settle(at.world);
    expect(await seen(at)).toEqual([
      { text: 'Look:\n\nmy shoes\n(attached: photo.png)\n\n(attached: report.pdf)', files: ['photo.png', 'report.pdf'] },
    ]);
    const { comments } = await at.api('GET', `/tickets/${await at.ticket()}/comments`, Comments);
    const file = await fetch(comments[0]?.attachments[0]?.content_url ?? '');
    expect(await file.text()).toBe('a picture');
  });

  it('are attached to later comments, too, named as their type wants', async () => {
    const at = desk();
    await at.says('one');
    await send(at, { type: 'image', mediaUrl: `${media.url}/photo` });
    await settle(at.world);
    expect((await seen(at))[1]).toEqual({ text: '(attached: photo)', files: ['photo.jpg'] });
  });

  it('are fetched where their address is redirected to', async () => {
    const at = desk();
    await send(at, { type: 'image', mediaUrl: `${media.url}/moved.png` });
    await settle(at.world);
    expect(await seen(at)).toEqual([{ text: '(attached: moved.png)', files: ['moved.png'] }]);
  });

  it.each([
    ['is not there', '/missing.png'],
    ['is redirected for ever', '/round.png'],
    ['is redirected into a private network', '/away.png'],
    ['is too large', '/huge.bin'],
  ])(
    'go as text and link when one %s, and only that one',
    async (_title, path) => {
      const at = desk();
      await send(at, { type: 'image', text: 'my shoes', mediaUrl: `${media.url}${path}` });
      await send(at, { type: 'image', mediaUrl: `${media.url}/photo.png` });
      await settle(at.world);
      expect(await seen(at)).toEqual([{ text: `my shoes\n${media.url}${path}\n\n(attached: photo.png)`, files: ['photo.png'] }]);
      expect((await deliveriesOf(at.world, at.conversation)).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
    },
    60_000,
  );

  it('go as text and link when Zendesk takes none so large', async () => {
    const at = desk();
    await at.world.zendesk.set({ maxUploadBytes: 3 });
    await send(at, { type: 'image', mediaUrl: `${media.url}/photo.png` });
    await settle(at.world);
    expect(await seen(at)).toEqual([{ text: `${media.url}/photo.png`, files: [] }]);
  });

  it('are uploaded again when the comment had to wait for longer than the upload lives', async () => {
    const at = desk();
    await at.says('one');
    const before = media.fetched('/photo.png');
    const { id } = await at.world.zendesk.addFault({
      kind: 'status',
      method: 'PUT',
      path: '/tickets/*',
      status: 503,
      times: 5,
    });
    await send(at, { type: 'image', mediaUrl: `${media.url}/photo.png` });
    // Perhaps applied: the batch stays open, and what was uploaded for it stays done.
    await runRound(at.world, bellOf(at));
    at.world.clock.advance(3 * HOUR);
    await at.world.zendesk.clearFaults(id);
    await settle(at.world);
    expect(media.fetched('/photo.png') - before).toBe(2);
    expect((await seen(at))[1]).toEqual({ text: '(attached: photo.png)', files: ['photo.png'] });
  });

  it('are not uploaded again while the upload is fresh', async () => {
    const at = desk();
    await at.says('one');
    const before = media.fetched('/photo.png');
    await at.world.zendesk.addFault({ kind: 'status', method: 'PUT', path: '/tickets/*', status: 503 });
    await send(at, { type: 'image', mediaUrl: `${media.url}/photo.png` });
    await settle(at.world, { forMs: 30 * MINUTE });
    expect(media.fetched('/photo.png') - before).toBe(1);
    expect((await seen(at))[1]?.files).toEqual(['photo.png']);
  });

  it('are shown once when the round is killed after any call that changes something', async () => {
    const at = desk();
    await at.world.zendesk.set({ ticketUpdateLimit: 1_000, requestsPerMinute: 100_000 });
    for (let n = 1; ; n += 1) {
      const one = deskOf(at.world, await createConversation(at.world));
      await send(one, { type: 'image', mediaUrl: `${media.url}/photo.png` });
      const dying = dyingPorts(one.world.ports, n, 'after', CHANGES);
      await runRound(one.world, bellOf(one), (attempt) => (attempt === 1 ? dying.ports : one.world.ports));
      await settle(one.world);
      const tickets = (await one.world.tickets()).filter(({ external_id }) => external_id?.includes(one.conversation));
      expect(tickets, `killed after call ${n}, ${dying.calls.at(-1)}`).toHaveLength(1);
      expect(await seen(one), `killed after call ${n}, ${dying.calls.at(-1)}`).toEqual([
        { text: '(attached: photo.png)', files: ['photo.png'] },
      ]);
      if (!dying.hasDied()) return expect(n).toBeGreaterThan(12);
    }
  }, 300_000);
});
