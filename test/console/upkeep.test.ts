import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReceiver } from '../engine/support/receiver.ts';
import type { Receiver } from '../engine/support/receiver.ts';
import { install } from '../engine/support/zendesk-world.ts';
import { mailing } from '../zendesk/support/admin.ts';
import { secretIn } from './support/visitor.ts';
import { aWorkshop } from './support/workshop.ts';

describe('what Deskbridge set up at a Zendesk', () => {
  const { api, ada, world, admin, zendesk, connect } = aWorkshop();
  let href = '';
  beforeAll(async () => {
    ({ href } = await connect('acme'));
  });
  /** What a repair would do, as the page says. */
  const differences = async (): Promise<readonly string[]> => {
    const { text } = await ada().look(`${href}/check`);
    const [, list = ''] = /A repair would:<\/p>\s*<ul>(.*?)<\/ul>/s.exec(text) ?? [];
    return [...list.matchAll(/<li>(.*?)<\/li>/g)].map(([, step = '']) => step);
  };
  const ours = async () => (await admin('acme').triggers()).filter(({ title }) => title.includes('Deskbridge'));

  it('is as it should be after connecting', async () => {
    expect((await ada().look(`${href}/check`)).text).toContain('All is as it should be.');
    expect(await ours()).toHaveLength(1);
  });

  it('shows what only a person can mend, also before anybody compares', async () => {
    await admin('acme').createTrigger(mailing('Sleeping', { active: false }));
    expect((await ada().look(href)).text).not.toContain('Sleeping');
    await install(world(), 'acme');
    const told = /For a person to look at.*Trigger &#39;Sleeping&#39; mails the requester\. It is inactive\./s;
    expect((await ada().look(href)).text).toMatch(told);
    const compared = (await ada().look(`${href}/check`)).text;
    expect(compared).toMatch(told);
    expect(compared).toContain('All that Deskbridge can set up is as it should be.');
    await admin('acme').deleteTrigger('Sleeping');
    await install(world(), 'acme');
    expect((await ada().look(href)).text).not.toContain('Sleeping');
  });

  it('is compared without a change, and the difference is shown before anything is repaired', async () => {
    const [trigger] = await ours();
    const [webhook] = await admin('acme').webhooks();
    await admin('acme').deleteTrigger(trigger?.title ?? '');
    await admin('acme').call('PATCH', `/webhooks/${webhook?.id ?? ''}`, { webhook: { status: 'inactive' } });
    expect(await differences()).toEqual([expect.stringContaining('webhook'), expect.stringContaining('trigger')]);
    expect(await ours()).toEqual([]);
    expect(await admin('acme').webhooks()).toMatchObject([{ status: 'inactive' }]);
  });

  it('is as it should be after the repair', async () => {
    const woken = api().temporal.woken.length;
    expect((await ada().submit(`${href}/repair`)).text).toContain('It is being set right.');
    expect(api().temporal.woken.slice(woken)).toEqual(['zendesk acme']);
    await install(world(), 'acme');
    expect(await differences()).toEqual([]);
    expect((await ada().look(`${href}/check`)).text).toContain('All is as it should be.');
    expect(await ours()).toMatchObject([{ active: true }]);
    expect(await admin('acme').webhooks()).toMatchObject([{ status: 'active' }]);
  });

  it('is told apart from an account that cannot be looked at', async () => {
    await zendesk('acme').addFault({ kind: 'status', status: 503, times: 1_000 });
    expect((await ada().look(`${href}/check`)).text).toContain('It could not be looked at: Zendesk answers 503');
    await zendesk('acme').clearFaults();
  });
});

describe('the settings of a Zendesk', () => {
  const { ada, connect } = aWorkshop();

  it('stand on the integration’s page as they are', async () => {
    const { href } = await connect('acme');
    const shown = async () => /We verify our users’ e-mail addresses<\/dt>\s*<dd>(\w+)</.exec((await ada().look(href)).text)?.[1];
    expect(await shown()).toBe('off');
    await ada().submit(`${href}/settings`, { verifiesEmail: 'true' });
    expect(await shown()).toBe('on');
  });
});

describe('a webhook in the console', () => {
  const { api, ada, home, says, work } = aWorkshop();
  let receiver: Receiver;
  let href = '';
  let secret = '';
  beforeAll(async () => {
    receiver = await startReceiver();
    const made = await ada().send(`${home()}/webhooks`, { target: receiver.url, triggers: ['message:appUser'] });
    href = made.location;
    secret = secretIn((await ada().look(href)).text);
    await says('ann', 'Hello?');
    await work();
  });
  afterAll(() => receiver.close());

  const resend = async () => {
    const { text } = await ada().look(href);
    return await ada().submit(`${href}/resend`, { effect: /name="effect" value="(\w+)"/.exec(text)?.[1] ?? '' });
  };
  const attempts = async (): Promise<string | undefined> => /<td>(\d+) attempts?<\/td>/.exec((await ada().look(href)).text)?.[1];
  const keys = () => receiver.requests.map(({ headers }) => headers['x-api-key']);

  it('is sent a delivery again when somebody asks for that, with the same bytes', async () => {
    expect((await resend()).text).toContain('It was sent again, and taken.');
    const [first, again] = receiver.requests;
    expect(receiver.requests).toHaveLength(2);
    expect(again?.body).toEqual(first?.body);
    expect(await attempts()).toBe('2');
  });

  it('says so when it is not taken, which changes nothing in the ledger', async () => {
    receiver.answer(500);
    expect((await resend()).text).toContain('It was sent again, and not taken: the webhook answers 500.');
    expect(await attempts()).toBe('3');
    expect(await api().db.selectFrom('deliveries').select('state').execute()).toEqual([{ state: 'delivered' }]);
  });

  it('gets a new secret, which is shown once and counts at once; the old one is shown to nobody', async () => {
    expect(keys()).toEqual([secret, secret]);
    const page = await ada().submit(`${href}/secret`);
    const renewed = secretIn(page.text);
    expect(renewed).toMatch(/^\S{20,}$/);
    expect(renewed).not.toBe(secret);
    await says('ann', 'With the new one');
    await work();
    expect(keys().at(-1)).toBe(renewed);
    const after = await ada().look(href);
    for (const shown of [page.text, after.text]) expect(shown).not.toContain(secret);
    expect(after.text).not.toContain(renewed);
  });
});
