import { beforeAll, describe, expect, it } from 'vitest';
import { connectAccount } from '../api/support/connected-account.ts';
import type { ConnectedAccount } from '../api/support/connected-account.ts';
import { manyThings, refuse } from './support/things.ts';
import type { Things } from './support/things.ts';
import { aConsole, secretIn } from './support/visitor.ts';

describe('parked work in the console', () => {
  const { api, ada } = aConsole();
  let things: Things;
  beforeAll(async () => {
    things = await manyThings(api);
  });
  const states = async ({ destination }: ConnectedAccount): Promise<readonly string[]> => {
    const rows = await api().db.selectFrom('deliveries').select('state').where('destination_id', '=', destination).execute();
    return rows.map(({ state }) => state);
  };
  const message = (): string => `${things.home}/conversations/${things.conversation}/messages/1`;

  it('says what waits, why, and what repairs it', async () => {
    const page = await ada().look(`${things.home}/parked`);
    for (const words of [
      'Zendesk no longer honours our access.',
      'Connect broken again',
      'The integration was removed.',
      'too long',
    ])
      expect(page.text).toContain(words);
  });

  it('is told in the list of conversations, how many messages each has, too', async () => {
    const page = await ada().look(`${things.home}/conversations`);
    expect(page.text).toContain('1 message refused.');
    expect(page.text).toContain('1 message held. Zendesk no longer honours our access.');
    expect(page.text).toContain('<td>1 message</td>');
  });

  it('is told beside the message, for what it was meant for alone', async () => {
    await connectAccount(api(), { key: 'later' });
    const page = await ada().look(message());
    expect(page.text).toContain('Zendesk no longer honours our access. Everything held is delivered after the repair.');
    expect(page.text).toContain('<h2>zendesk acme</h2>');
    expect(page.text).not.toContain('zendesk later');
  });

  it('is tried again where one message was refused: its lane is rung', async () => {
    const page = await ada().submit(`${message()}/retry`, { destination: things.refused.destination });
    expect(page.text).toContain('Message 1 is tried again.');
    expect(await states(things.refused)).toEqual(['waiting']);
    await api().dispatch.drain();
    expect(
      api()
        .temporal.rung.at(-1)
        ?.bell.lanes?.map(({ destination }) => destination),
    ).toEqual([things.refused.destination]);
  });

  it('is not tried again where nothing was refused', async () => {
    const page = await ada().submit(`${message()}/retry`, { destination: things.refused.destination });
    expect(page.text).toContain('There is nothing to try again');
  });

  it('is given up where an administrator skips it', async () => {
    await refuse(api(), things.refused, things.conversation);
    await ada().submit(`${message()}/skip`, { destination: things.refused.destination });
    expect(await states(things.refused)).toEqual(['dead']);
    expect((await ada().look(message())).text).toContain('skipped by an administrator');
  });

  it('is tried again all at once, with progress; what was removed stays', async () => {
    const page = await ada().submit(`${things.home}/parked/retry-all`);
    expect(page.text).toContain('1 message is tried again.');
    expect(page.text).toContain('0 of 1 message delivered');
    const [parked] = await api()
      .db.selectFrom('destinations')
      .select(['generation', 'parked_generation'])
      .where('id', '=', things.parked.destination)
      .execute();
    expect(parked).toEqual({ generation: 2, parked_generation: 1 });
    expect(await states(things.removed)).toEqual(['waiting']);
  });

  it('is discarded for what was removed, where somebody says so', async () => {
    const page = await ada().submit(`${things.home}/parked/${things.removed.destination}/discard`);
    expect(page.text).toContain('1 message discarded.');
    expect(await states(things.removed)).toEqual(['dead']);
  });

  it("is not another app's to mend", async () => {
    await refuse(api(), things.refused, things.conversation);
    const other = `/console/apps/${api().otherApp.appId}`;
    const answer = await ada().send(`${other}/conversations/${things.conversation}/messages/1/skip`, {
      destination: things.refused.destination,
    });
    expect(answer.status).toBe(404);
    await ada().send(`${other}/parked/${things.refused.destination}/retry`);
    expect(await states(things.refused)).toEqual(['parked']);
  });
});

describe('webhooks in the console', () => {
  const { api, ada } = aConsole();
  const home = (): string => `/console/apps/${api().app.appId}/webhooks`;

  it('are made with a secret that is shown once', async () => {
    const page = await ada().submit(home(), { target: 'https://shop.example/hook', triggers: ['message:appMaker'] });
    const secret = secretIn(page.text);
    const [made] = await api().db.selectFrom('webhooks').select('id').execute();
    expect((await api.send('GET', `/webhooks/${made?.id ?? ''}`)).at('webhook', 'secret')).toBe(secret);
    expect((await ada().look(`${home()}/${made?.id ?? ''}`)).text).not.toContain(secret);
  });

  it('are not made of what the API would refuse, and the form keeps what was typed', async () => {
    const refused = await ada().send(home(), { target: 'http://127.0.0.1/hook', triggers: ['message'] });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('target: expected an http or https URL on the public internet');
    expect(refused.text).toContain('value="http://127.0.0.1/hook"');
    expect(await api().db.selectFrom('webhooks').select('id').execute()).toHaveLength(1);
  });
});
