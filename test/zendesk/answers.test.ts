import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { collect } from '../../activities/collect.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { attemptOf, settle } from '../engine/support/world.ts';
import { atZendesk } from './support/at-zendesk.ts';
import type { AtZendesk } from './support/at-zendesk.ts';

const Brands = z.object({ brands: z.array(z.object({ id: z.number() })) });

async function template(at: AtZendesk, signature_template: string): Promise<void> {
  const { brands } = await at.api('GET', '/brands', Brands);
  await at.api('PUT', `/brands/${brands[0]?.id}`, z.unknown(), { brand: { signature_template } });
}

const texts = async (at: AtZendesk): Promise<readonly (string | undefined)[]> => (await at.answers()).map(({ text }) => text);

/** What the one fetch of the newest thread says, as people read it in the workflow. */
async function fetchNow({ world, conversation }: AtZendesk): Promise<string> {
  const thread = await world.db
    .selectFrom('threads')
    .select('id')
    .where('conversation_id', '=', conversation)
    .orderBy('created_at', 'desc')
    .executeTakeFirstOrThrow();
  return (await collect(world.ports, zendesk, { conversation, thread: thread.id }, attemptOf(1))).summary;
}

describe('an agent’s answer', () => {
  const desk = atZendesk();

  it('has the buttons and images that the agent typed', async () => {
    const { says, acts, answers } = desk();
    await says('Do you have hats?');
    await acts({ do: 'reply', text: 'We do.\n![](https://shop.example/hat.png)\n%[See them](https://shop.example/hats)' });
    expect(await answers()).toMatchObject([
      {
        type: 'image',
        text: 'We do.',
        mediaUrl: 'https://shop.example/hat.png',
        actions: [{ type: 'link', text: 'See them', uri: 'https://shop.example/hats' }],
      },
    ]);
  });

  it('is by the agent, under the name for end users where there is one', async () => {
    const at = desk();
    await at.says('one');
    await at.acts({ do: 'reply', as: 'Ben', text: 'from Ben' });
    await at.acts({ do: 'reply', as: 'Chloe', text: 'from Chloe' });
    const rows = await at.world.db
      .selectFrom('messages')
      .select(['author', 'source'])
      .where('role', '=', 'appMaker')
      .orderBy('seq')
      .execute();
    expect(rows).toMatchObject([
      { author: { name: 'Ben', id: expect.stringMatching(/^[0-9a-f]{24}$/) }, source: { type: 'zendesk' } },
      { author: { name: 'Chloe from Support' } },
    ]);
    expect(rows[0]?.author.id).not.toBe(rows[1]?.author.id);
  });

  it('brings its files, each as a message of its own', async () => {
    const at = desk();
    await at.says('one');
    const Upload = z.object({ upload: z.object({ token: z.string() }) });
    const upload = async (name: string, type: string): Promise<string> => {
      const headers = { authorization: `Bearer ${await at.world.zendesk.adminToken()}`, 'content-type': type };
      const url = `${at.world.zendesk.url}/api/v2/uploads?filename=${name}`;
      return Upload.parse(await (await fetch(url, { method: 'POST', headers, body: 'bytes' })).json()).upload.token;
    };
    const uploads = [await upload('map.png', 'image/png'), await upload('terms.pdf', 'application/pdf')];
    await at.acts({ do: 'reply', text: 'Here you are', uploads });
    const [, image, file] = await at.answers();
    expect(await at.answers()).toMatchObject([
      { type: 'text', text: 'Here you are' },
      { type: 'image', text: 'map.png', mediaType: 'image/png', mediaSize: 5 },
      { type: 'file', text: 'terms.pdf', mediaType: 'application/pdf' },
    ]);
    expect(await (await fetch(image?.mediaUrl ?? '')).text()).toBe('bytes');
    expect(file?.mediaUrl).toContain('terms.pdf');
  });

  it('without words brings only its files', async () => {
    const at = desk();
    await at.says('one');
    const Upload = z.object({ upload: z.object({ token: z.string() }) });
    const headers = { authorization: `Bearer ${await at.world.zendesk.adminToken()}`, 'content-type': 'image/png' };
    const answer = await fetch(`${at.world.zendesk.url}/api/v2/uploads?filename=map.png`, { method: 'POST', headers, body: 'x' });
    await at.acts({ do: 'reply', uploads: [Upload.parse(await answer.json()).upload.token] });
    expect(await at.answers()).toMatchObject([{ type: 'image', text: 'map.png' }]);
  });

  describe('with signatures', () => {
    it.each([
      ['Ben', '{{agent.signature}}'],
      ['Chloe', '{{agent.signature}}'],
      ['Ada Admin', '--\nAcme Limited\n1 Main Street'],
      ['Ben', '{{agent.signature}}\n\n--\nAcme Limited\n1 Main Street'],
      ['Chloe', '--\nAcme Limited\n\n{{agent.signature}}'],
      ['Chloe', '{% if agent.role == "agent" %}{{agent.signature}}{% endif %}'],
    ])('is without them (%s, below "%s")', async (as, below) => {
      const at = desk();
      await template(at, below);
      await at.says('one');
      await at.acts({ do: 'reply', as, text: 'First line.\n\nSecond paragraph.' });
      const shown = (await at.comments('public')).find(({ by }) => by === as);
      expect(shown?.text).not.toBe('First line.\n\nSecond paragraph.');
      expect(await texts(at)).toEqual(['First line.\n\nSecond paragraph.']);
    });

    it('is whole where Zendesk appends none', async () => {
      const at = desk();
      await at.world.zendesk.set({ signatures: false });
      await at.says('one');
      await at.acts({ do: 'reply', as: 'Chloe', text: 'Please ask\n\nSupport' });
      await at.acts({ do: 'reply', as: 'Ben', text: 'Ben' });
      expect(await texts(at)).toEqual(['Please ask\n\nSupport', 'Ben']);
    });

    it('but without the brand’s, where that cannot be read, is still without what follows --', async () => {
      const at = desk();
      await template(at, '--\nAcme Limited');
      await at.says('one');
      const { id } = await at.world.zendesk.addFault({ kind: 'status', method: 'GET', path: '/brands/*', status: 403 });
      await at.acts({ do: 'reply', text: 'an answer' });
      expect((await at.world.zendesk.faults()).find((fault) => fault.id === id)?.fired).toBe(1);
      expect(await texts(at)).toEqual(['an answer']);
    });

    it('is skipped when it is nothing but one, and that is told, once', async () => {
      const at = desk();
      await at.says('one');
      await at.world.zendesk.act({ ticket: await at.ticket(), as: 'Ben', do: 'reply', html: '<p>&nbsp;</p>' });
      await at.world.webhooksDone();
      const reply = (await at.comments('public')).find(({ by }) => by === 'Ben');
      expect(await fetchNow(at)).toBe(`ticket 1 → comment ${reply?.id} skipped: nothing but a signature`);
      expect(await fetchNow(at)).toBe('ticket 1 → nothing new');
      await settle(at.world);
      expect(await texts(at)).toEqual([]);
      const events = await at.world.db
        .selectFrom('inbound_events')
        .select(['remote_ids', 'reason'])
        .where('state', '=', 'ignored')
        .execute();
      expect(events).toEqual([{ remote_ids: [`comment ${reply?.id}`], reason: 'nothing but a signature' }]);
    });
  });
});
