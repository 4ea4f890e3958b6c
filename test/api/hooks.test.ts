import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BusinessSystem } from '../../activities/business-system.ts';
import { SignatureInvalid } from '../../activities/system-error.ts';
import { systems } from '../../activities/systems.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { anApi, aUser } from './support/an-api.ts';
import { createClient } from './support/client.ts';
import type { Reply } from './support/client.ts';
import { connectAccount, openThread } from './support/connected-account.ts';
import type { ConnectedAccount } from './support/connected-account.ts';

const SECRET = 'the signing secret';

/** What our trigger sends. */
const notice = (ticket: string, comment = '1'): string =>
  JSON.stringify({ v: 1, ticket_id: ticket, comment_id: comment, updated_at: '2026-11-23T13:00:00Z' });

describe('a hook request of Zendesk', () => {
  const api = anApi();
  let connected: ConnectedAccount;
  beforeAll(async () => {
    connected = await connectAccount(api(), { key: 'acme', signingSecret: SECRET });
  });

  function send(
    body: string,
    options: { readonly account?: string; readonly signed?: string; readonly ageMs?: number } = {},
  ): Promise<Reply> {
    const timestamp = new Date(api().clock.now() - (options.ageMs ?? 0)).toISOString();
    const signature = createHmac('sha256', SECRET)
      .update(timestamp)
      .update(options.signed ?? body)
      .digest('base64');
    return createClient(api().url)('POST', `/hooks/zendesk/${options.account ?? connected.account}`, body, {
      'x-zendesk-webhook-signature': signature,
      'x-zendesk-webhook-signature-timestamp': timestamp,
    });
  }

  const events = () => api().db.selectFrom('inbound_events').select(['key', 'state']).execute();

  it('is stored, makes its thread dirty and rings its conversation', async () => {
    const conversation = await openThread(api(), connected, { user: await aUser(api.send), remoteId: '4711' });
    const reply = await send(notice('4711'));
    expect([reply.status, reply.body]).toEqual([200, {}]);
    const thread = await api()
      .db.selectFrom('threads')
      .select(['dirty', 'clean'])
      .where('remote_id', '=', '4711')
      .executeTakeFirst();
    expect(thread).toEqual({ dirty: 1, clean: 0 });
    await api().dispatch.drain();
    const rung = api().temporal.rung.filter((bell) => bell.conversation === conversation);
    expect(rung.map(({ bell }) => bell.threads?.map(({ label }) => label))).toEqual([['ticket 4711']]);
  });

  it('counts once when it comes twice', async () => {
    const conversation = await openThread(api(), connected, { user: await aUser(api.send), remoteId: '4712' });
    const replies = await Promise.all([send(notice('4712')), send(notice('4712'))]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    await api().dispatch.drain();
    expect(api().temporal.rung.filter((bell) => bell.conversation === conversation)).toHaveLength(1);
  });

  it('is answered although Temporal is down', async () => {
    await openThread(api(), connected, { user: await aUser(api.send), remoteId: '4713' });
    api().temporal.isDown = true;
    expect((await send(notice('4713'))).status).toBe(200);
    await api().dispatch.drain();
    api().temporal.isDown = false;
  });

  it('is kept for a thread that is not known yet', async () => {
    expect((await send(notice('9999'))).status).toBe(200);
    expect((await events()).filter(({ key }) => key.includes('9999'))).toMatchObject([{ state: 'unmatched' }]);
  });

  it.each([
    ['changed after it was signed', { signed: notice('1') }],
    ['an hour old', { ageMs: 3_600_000 }],
    ['from the future', { ageMs: -3_600_000 }],
  ])('is refused when it is %s, and leaves nothing but a line in the log', async (_what, options) => {
    const before = await events();
    const refused = await send(notice('4711', '77'), options);
    expect([refused.status, refused.at('error', 'code')]).toEqual([401, 'unauthorized']);
    expect(await events()).toEqual(before);
    const line = api().log.last();
    expect(line).toContain('a hook request was not signed as expected');
    expect(line).not.toContain('comment_id');
  });

  it.each(['000000000000000000000000', 'acme', '%00'])('is refused for the unknown account %s', async (account) => {
    expect((await send(notice('4711'), { account })).status).toBe(account === '%00' ? 400 : 404);
  });

  it('that could not be stored is answered so that Zendesk sends it again, and then counts', async () => {
    await openThread(api(), connected, { user: await aUser(api.send), remoteId: '4719' });
    await sql`alter table inbound_events rename to out_of_reach`.execute(api().db);
    const lost = await send(notice('4719'));
    await sql`alter table out_of_reach rename to inbound_events`.execute(api().db);
    expect([lost.status, (await send(notice('4719'))).status]).toEqual([409, 200]);
    const thread = await api().db.selectFrom('threads').select('dirty').where('remote_id', '=', '4719').executeTakeFirst();
    expect(thread).toEqual({ dirty: 1 });
  });

  it('may have a megabyte and no more', async () => {
    expect((await send(' '.repeat(1_048_576))).status).toBe(200);
    expect((await send(' '.repeat(1_048_577))).status).toBe(413);
  });

  it.each(['GET', 'PUT', 'DELETE', 'HEAD'])('is not a %s', async (method) => {
    const refused = await createClient(api().url)(method, `/hooks/zendesk/${connected.account}`);
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it.each(['/hooks/nothing/1', '/hooks/nothing', '/hooks/zendesk'])('leads nowhere at %s', async (path) => {
    expect((await createClient(api().url)('POST', path, {})).status).toBe(404);
  });
});

/** A system whose accounts share one address, which says what it wants in the answer, and whose replies come whole. */
const shouting: BusinessSystem = {
  ...zendesk,
  name: 'shouting',
  retryStatus: 418,
  identify: ({ query }) => query['team'],
  receive: (raw, hook) => {
    const text = Buffer.from(raw.body).toString('utf8');
    if (raw.headers['x-secret'] !== hook.secrets['signingSecret']) throw new SignatureInvalid('shouting: wrong secret');
    if (text === 'revoked') return [{ kind: 'revoked', key: 'revoked' }];
    if (text === 'broken') throw new Error('our own fault');
    if (text.startsWith('who is ')) return [{ kind: 'question', thread: text.slice('who is '.length) }];
    return text.split('\n').map((line, index) => ({
      kind: 'reply',
      key: `${line} ${index}`,
      thread: 'room',
      remoteId: `${line} ${index}`,
      content: { type: 'text', text: line },
      author: { name: 'Zoe' },
    }));
  },
  answer: (_raw, inbound, { isConnected, accepted, thread }) => ({
    status: 202,
    headers: {
      'x-count': String(inbound.length),
      'x-connected': String(isConnected),
      'x-accepted': String(accepted !== undefined),
    },
    body: thread === undefined ? 'heard' : `heard ${thread.appUser.givenName ?? 'somebody'} of ${thread.appName}`,
  }),
};

describe('a hook request to an address that accounts share', () => {
  const api = anApi({ systems: [...systems, shouting] });
  let connected: ConnectedAccount;
  beforeAll(async () => {
    connected = await connectAccount(api(), { system: 'shouting', key: 'team-1', signingSecret: SECRET });
  });
  const shout = (text: string, team = 'team-1', secret = SECRET): Promise<Reply> =>
    createClient(api().url)('POST', `/hooks/shouting?team=${team}`, text, { 'x-secret': secret, 'content-type': 'text/plain' });

  it('brings whole replies into the conversation, in order, with the words that the system expects', async () => {
    const user = await aUser(api.send);
    const conversation = await openThread(api(), connected, { user, remoteId: 'room' });
    const reply = await shout('one\ntwo');
    expect([reply.status, reply.headers.get('x-count'), reply.headers.get('x-accepted')]).toEqual([202, '2', 'true']);
    expect((await api.send('GET', `/appusers/${user}/messages`)).body).toMatchObject({
      conversation: { _id: conversation, unreadCount: 2 },
      messages: [
        { text: 'one', role: 'appMaker', name: 'Zoe', source: { type: 'shouting' } },
        { text: 'two', role: 'appMaker' },
      ],
    });
  });

  it('wakes the account when the system says that its grant has ended', async () => {
    await shout('revoked');
    await expect.poll(() => api().temporal.woken).toContain('shouting team-1');
  });

  it('may ask whose a thread is, and is told of threads of conversations alone', async () => {
    const user = await aUser(api.send, { givenName: 'Ann' });
    await openThread(api(), connected, { user, remoteId: 'cellar' });
    expect((await shout('who is cellar')).text).toBe('heard Ann of Demo');
    expect((await shout('who is attic')).text).toBe('heard');
    expect((await api.send('GET', `/appusers/${user}/messages`)).status).toBe(404);
  });

  it('for an account that is not there is verified all the same, and not kept', async () => {
    const before = await events();
    const reply = await shout('x', 'team-2', '');
    expect([reply.status, reply.headers.get('x-connected')]).toEqual([401, null]);
    expect(await events()).toEqual(before);
  });

  it('is refused with a wrong secret', async () => {
    expect((await shout('x', 'team-1', 'wrong')).status).toBe(401);
  });

  const events = () => api().db.selectFrom('inbound_events').select(['key', 'state']).execute();

  it('is answered so that it comes again when we fail', async () => {
    const reply = await shout('broken');
    expect([reply.status, reply.at('error', 'code')]).toEqual([418, 'service_unavailable']);
    expect(reply.text).not.toContain('our own fault');
    expect(api().log.last()).toContain('our own fault');
  });
});
