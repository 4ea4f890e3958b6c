import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepLanes } from '../../src/db/sweep/lanes.ts';
import { HOUR, MINUTE } from '../../src/domain/time.ts';
import { startReceiver } from '../engine/support/receiver.ts';
import type { Receiver } from '../engine/support/receiver.ts';
import { runRound } from '../engine/support/world.ts';
import { install } from '../engine/support/zendesk-world.ts';
import { aWorkshop } from './support/workshop.ts';
import type { Workshop } from './support/workshop.ts';

/** Long enough to find out that something does not work. */
const A_WHILE = 10 * MINUTE;

describe('messages that wait for an account', () => {
  const shop = aWorkshop();
  const { api, ada, home, world, zendesk, connect, says, work, onTickets } = shop;

  const ledger = (user: string) => ledgerOf(shop, user);

  it('are delivered, once, when the account is connected again after a removal', async () => {
    const { href } = await connect('removed');
    await says('ann', 'Before');
    await work();
    await says('ann', 'In between');
    await ada().submit(`${href}/remove`);
    await install(world(), 'removed');
    const parked = await ada().look(`${home()}/parked`);
    expect(parked.text).toContain('The integration was removed.');
    expect((await ada().look(`${home()}/integrations/connect/zendesk`)).text).toContain('1 message for Zendesk removed.');

    const again = await connect('removed', { held: 'deliver' });
    expect(again.href).toBe(href);
    expect(again.page.text).toContain('Zendesk removed is connected.');
    await says('ann', 'After');
    await work();
    await work();
    expect(await onTickets('removed')).toEqual(['Before', 'In between', 'After']);
    expect((await ada().look(`${home()}/parked`)).text).toContain('Nothing is parked');
  });

  it('are discarded where somebody chose that: told in the ledger, and never delivered', async () => {
    await ada().submit(`${home()}/integrations/${await integrationOf('removed')}/remove`);
    await connect('revoked');
    await says('bob', 'Before');
    await work();
    await zendesk('revoked').addFault({ kind: 'status', status: 401, times: 1_000 });
    await says('bob', 'In between');
    await work(A_WHILE);
    const store = await ada().look(`${home()}/integrations`);
    expect(store.text).toContain('needs a repair');
    expect((await ada().look(`${home()}/integrations/connect/zendesk`)).text).toContain('1 message for Zendesk revoked.');

    await zendesk('revoked').clearFaults();
    await connect('revoked', { held: 'discard' });
    await says('bob', 'After');
    await work();
    expect(await onTickets('revoked')).toEqual(['Before', 'After']);
    expect(await ledger('bob')).toEqual([
      expect.stringContaining('Zendesk revoked ticket'),
      'Zendesk revoked Not delivered: discarded when the account was connected again.',
      expect.stringContaining('Zendesk revoked ticket'),
    ]);
  });

  const integrationOf = async (key: string): Promise<string> => {
    const { id } = await api()
      .db.selectFrom('integrations as i')
      .innerJoin('accounts as a', 'a.id', 'i.account_id')
      .select('i.id')
      .where('a.key', '=', key)
      .executeTakeFirstOrThrow();
    return id;
  };
});

describe('one message that was refused', () => {
  const shop = aWorkshop();
  const { ada, home, says, work } = shop;
  const { receiver, webhook } = aWebhook(shop);

  /** Says something that is refused. @returns the fields and the address of the form that mends it. */
  async function refused(user: string, text: string) {
    receiver().answer(400);
    await says(user, text);
    await work(A_WHILE);
    const page = await ada().look(await conversationOf(shop, user));
    const [, mend = ''] = /action="([^"]+)\/retry"/.exec(page.text) ?? [];
    const [, destination = ''] = /name="destination" value="(\w+)"/.exec(page.text) ?? [];
    return { mend, destination };
  }

  it('is delivered when it is tried again, in its place in the ledger', async () => {
    const { mend, destination } = await refused('ann', 'Too early');
    expect(await ledgerOf(shop, 'ann')).toEqual([expect.stringContaining('Refused: the webhook answers 400.')]);
    expect((await ada().look(webhook())).text).toContain('1 message refused');
    expect((await ada().submit(`${mend}/retry`, { destination })).text).toContain('Message 1 is tried again.');
    await work();
    expect(receiver().texts()).toEqual(['Too early']);
    expect(await ledgerOf(shop, 'ann')).toEqual([expect.not.stringContaining('Refused')]);
  });

  it('is never delivered when it is skipped; what comes after it is', async () => {
    const { mend, destination } = await refused('bob', 'Unwanted');
    expect((await ada().submit(`${mend}/skip`, { destination })).text).toContain('Message 1 is skipped.');
    await says('bob', 'Welcome');
    await work();
    expect(receiver().texts()).toEqual(['Too early', 'Welcome']);
    expect((await ledgerOf(shop, 'bob'))[0]).toContain('Not delivered: skipped by an administrator (the webhook answers 400).');
    expect((await ada().look(`${home()}/parked`)).text).toContain('Nothing is parked');
  });
});

describe('all parked work', () => {
  const { ada, home, world, zendesk, connect, says, work, onTickets } = aWorkshop();
  const parked = async (): Promise<string> => (await ada().look(`${home()}/parked`)).text;

  it('is tried again at once, with progress up to its end', async () => {
    await connect('acme');
    await zendesk('acme').addFault({ kind: 'status', status: 401, times: 1_000 });
    for (const user of ['ann', 'bob', 'cleo']) await says(user, `${user} writes`);
    await work(A_WHILE);
    expect(await parked()).toContain('3 messages of 3 conversations');
    await zendesk('acme').clearFaults();

    const begun = await ada().submit(`${home()}/parked/retry-all`);
    expect(begun.text).toContain('3 messages are tried again.');
    expect(begun.text).toContain('0 of 3 messages delivered');
    const { db, clock } = world();
    clock.advance(2 * MINUTE);
    for (const lane of await sweepLanes(db, clock.now(), 1)) await runRound(world(), lane);
    expect(await parked()).toContain('1 of 3 messages delivered');
    await work();
    expect(await parked()).toContain('Zendesk acme: all that was held is delivered');
    expect((await onTickets('acme')).toSorted()).toEqual(['ann writes', 'bob writes', 'cleo writes']);
  });

  it('that still does not work is parked again, and the progress says so', async () => {
    await zendesk('acme').addFault({ kind: 'status', status: 401, times: 1_000 });
    await says('ann', 'Still there?');
    await work(A_WHILE);
    await ada().submit(`${home()}/parked/retry-all`);
    await work(5 * MINUTE);
    const text = await parked();
    expect(text).toContain('Zendesk acme: parked again; 0 of 1 message delivered');
    expect(text).toContain('Connect acme again');
  });

  it('is shown for as long as it takes', async () => {
    await zendesk('acme').clearFaults();
    await ada().submit(`${home()}/parked/retry-all`);
    world().clock.advance(3 * HOUR);
    expect(await parked()).toContain('Zendesk acme: 0 of 1 message delivered');
  });
});

describe('messages that wait for a webhook', () => {
  const shop = aWorkshop();
  const { ada, home, world, says, work } = shop;
  const { receiver, webhook } = aWebhook(shop);
  beforeAll(async () => {
    receiver().answer(400);
    await says('bob', 'Refused');
    await work(A_WHILE);
    receiver().answer(...Array.from({ length: 1_000 }, () => 503));
    await says('ann', 'Lost');
    await work(A_WHILE);
  });

  const listed = async (state: string): Promise<string> =>
    wordsOf((await ada().look(`${home()}/conversations?state=${state}`)).text);
  const page = async (user: string): Promise<string> => (await ada().look(await conversationOf(shop, user))).text;

  it('say why while they are tried again, and then until when', async () => {
    const { db, clock } = world();
    expect(receiver().fired).toBeGreaterThan(2);
    clock.advance(HOUR);
    const why = /The webhook answers 503 since .+ UTC ?; /.source;
    const again = new RegExp(`${why}it is being tried again\\.`);
    expect(await ledgerOf(shop, 'ann')).toEqual([expect.stringMatching(again)]);
    expect(await listed('waiting')).toMatch(again);
    for (const lane of await sweepLanes(db, clock.now(), 10)) await runRound(world(), lane);
    expect(await ledgerOf(shop, 'ann')).toEqual([expect.stringMatching(new RegExp(`${why}next try at`))]);
  });

  it('wait for nothing once it is deleted: nobody is asked to repair anything', async () => {
    expect(await listed('parked')).toContain('1 message refused.');
    await ada().submit(`${webhook()}/delete`);
    await work();
    expect(wordsOf(await page('ann'))).toMatch(/removed Webhook \S+ The webhook was deleted before 1 message went there\./);
    expect(await ledgerOf(shop, 'ann')).toEqual([expect.stringContaining('Not delivered: the webhook was deleted.')]);
    expect(await ledgerOf(shop, 'bob')).toEqual([expect.stringMatching(/Refused: the webhook answers 400\.$/)]);
    for (const user of ['ann', 'bob']) expect(await page(user)).not.toMatch(/"pill bad"|\/retry"|\/skip"|\/webhooks\//);
    expect((await ada().look(`${home()}/parked`)).text).toContain('Nothing is parked');
  });

  it('are looked for in vain among those that wait or are parked', async () => {
    for (const state of ['parked', 'waiting']) expect(await listed(state)).toContain('Nothing fits');
    expect(await listed('delivered')).toMatch(/ann .*removed The webhook was deleted before 1 message went there/);
  });
});

/** A webhook that leads to a server of the test's. Call it at the top of a `describe`. */
function aWebhook({ api, home }: Workshop): { readonly receiver: () => Receiver; readonly webhook: () => string } {
  let running: Receiver | undefined;
  let id: unknown;
  beforeAll(async () => {
    running = await startReceiver();
    id = (await api.send('POST', '/webhooks', { target: running.url, triggers: ['message:appUser'] })).at('webhook', '_id');
  });
  afterAll(() => running?.close());
  const receiver = (): Receiver => {
    if (running === undefined) throw new Error('the receiver is there within tests only');
    return running;
  };
  return { receiver, webhook: () => `${home()}/webhooks/${String(id)}` };
}

async function conversationOf({ ada, home }: Workshop, user: string): Promise<string> {
  const found = await ada().look(`${home()}/conversations?q=${user}`);
  return /href="([^"]+\/conversations\/[0-9a-f]{24})"/.exec(found.text)?.[1] ?? '';
}

/** What a conversation's page says of where its messages are: a line a message. */
async function ledgerOf(shop: Workshop, user: string): Promise<readonly string[]> {
  const { text } = await shop.ada().look(await conversationOf(shop, user));
  const [, transcript = ''] = text.split('id="transcript"');
  return [...transcript.matchAll(/<ul class="ledger">(.*?)<\/ul>/gs)].map(([, line = '']) => wordsOf(line));
}

/** What stands on a page, or on a part of it. */
const wordsOf = (markup: string): string =>
  markup
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
