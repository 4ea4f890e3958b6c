import { describe, expect, it } from 'vitest';
import { anApi, aUser, say } from './support/an-api.ts';
import { basic, createClient } from './support/client.ts';
import type { Client, Reply } from './support/client.ts';

const aTime: unknown = expect.any(Number);

/** Says `count` things, and answers when they were received. */
async function sayMany(send: Client, user: string, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 1; index <= count; index += 1)
    times.push(Number((await say(send, user, `m${index}`)).at('message', 'received')));
  return times;
}

const textsOf = (reply: Reply, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => reply.at('messages', index, 'text'));

describe('the messages of a conversation', () => {
  const api = anApi();
  const { send } = api;
  const follow = (link: string): Promise<Reply> => createClient('', basic(api().app))('GET', link);

  it('are listed oldest first, with the conversation', async () => {
    const user = await aUser(send);
    await sayMany(send, user, 2);
    await say(send, user, 'answer', { role: 'appMaker', name: 'Zoe' });
    const listed = await send('GET', `/appusers/${user}/messages`);
    expect(listed.status).toBe(200);
    expect(listed.body).toEqual({
      conversation: { _id: expect.any(String), unreadCount: 1 },
      messages: [
        expect.objectContaining({ text: 'm1', role: 'appUser' }),
        expect.objectContaining({ text: 'm2' }),
        expect.objectContaining({ text: 'answer', role: 'appMaker', name: 'Zoe' }),
      ],
    });
  });

  it('come in pages of a hundred, newest first, with links in both directions', async () => {
    const user = await aUser(send);
    await sayMany(send, user, 205);
    const newest = await send('GET', `/appusers/${user}/messages`);
    expect(textsOf(newest, 100)).toEqual(Array.from({ length: 100 }, (_, index) => `m${index + 106}`));
    expect(newest.body).not.toHaveProperty('next');
    expect(newest.at('previous')).toContain(`${api().url}/v1.1/appusers/${user}/messages?before=`);

    const middle = await follow(newest.at('previous'));
    expect(textsOf(middle, 100)).toEqual(Array.from({ length: 100 }, (_, index) => `m${index + 6}`));
    const oldest = await follow(middle.at('previous'));
    expect(textsOf(oldest, 5)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
    expect(oldest.body).not.toHaveProperty('previous');
    expect(textsOf(await follow(oldest.at('next')), 100)).toEqual(textsOf(middle, 100));
  });

  it('have no link to what was removed with age', async () => {
    const user = await aUser(send);
    await sayMany(send, user, 3);
    await api().db.deleteFrom('deliveries').execute();
    await api().db.deleteFrom('messages').where('seq', '=', 1).execute();
    const { body } = await send('GET', `/appusers/${user}/messages`);
    expect(body).toMatchObject({ messages: [{ text: 'm2' }, { text: 'm3' }] });
    expect(body).not.toHaveProperty('previous');
  });

  it('are bounded by times that are not included', async () => {
    const user = await aUser(send);
    const [, second = 0] = await sayMany(send, user, 3);
    const path = `/appusers/${user}/messages`;
    expect((await send('GET', `${path}?before=${second}`)).body).toMatchObject({ messages: [{ text: 'm1' }] });
    expect((await send('GET', `${path}?after=${second}`)).body).toMatchObject({ messages: [{ text: 'm3' }] });
    expect((await send('GET', `${path}?before=${second + 0.0004}`)).body).toMatchObject({
      messages: [{ text: 'm1' }, { text: 'm2' }],
    });
    expect((await send('GET', `${path}?after=${second + 10}`)).body).toMatchObject({ messages: [] });
  });

  it.each([
    ['before=1&after=2', 'before, after'],
    ['before=yesterday', 'before'],
    ['after=', 'after'],
    ['after=-1', 'after'],
    ['after=1e300', 'after'],
    ['before=99999999999999999999', 'before'],
    ['before=1&before=2', 'before'],
  ])('are not listed for ?%s', async (query, field) => {
    const user = await aUser(send);
    await say(send, user, 'x');
    const refused = await send('GET', `/appusers/${user}/messages?${query}`);
    expect([refused.status, refused.at('error', 'code')]).toEqual([400, 'bad_request']);
    expect(refused.at('error', 'description')).toMatch(new RegExp(`^${field}: expected `));
  });

  it.each([
    ['GET', 'messages', undefined],
    ['GET', 'conversation', undefined],
    ['POST', 'conversation/read', undefined],
    ['POST', 'conversation/activity', { role: 'appUser', type: 'typing:start' }],
  ])('are not there before the first one: %s %s', async (method, path, body) => {
    const user = await aUser(send);
    const refused = await send(method, `/appusers/${user}/${path}`, body);
    expect([refused.status, refused.at('error', 'code')]).toEqual([404, 'conversation_not_found']);
  });
});

describe('a conversation', () => {
  const api = anApi();
  const { send } = api;

  it('counts what the app user has not read, until they have', async () => {
    const user = await aUser(send);
    await say(send, user, 'one', { role: 'appMaker' });
    await say(send, user, 'two', { role: 'appMaker' });
    expect((await send('GET', `/appusers/${user}/conversation`)).body).toMatchObject({ conversation: { unreadCount: 2 } });
    // As smooch-core sends it: a JSON content type, and nothing else.
    const read = await send('POST', `/appusers/${user}/conversation/read`, undefined, { 'content-type': 'application/json' });
    expect(read.status).toBe(200);
    expect(read.body).toMatchObject({ conversation: { unreadCount: 0, appUserLastRead: api().clock.now() / 1_000 } });
    expect((await send('GET', `/appusers/${user}/conversation`)).body).toEqual(read.body);
  });

  it.each([
    ['appUser', { unreadCount: 0, appUserLastRead: aTime }],
    ['appMaker', { unreadCount: 1, appMakerLastRead: aTime }],
  ])('is read by an activity of the %s, too', async (role, expected) => {
    const user = await aUser(send);
    await say(send, user, 'one', { role: 'appMaker' });
    const read = await send('POST', `/appusers/${user}/conversation/activity`, { role, type: 'conversation:read' });
    expect(read.body).toEqual({ conversation: { _id: expect.any(String), ...expected } });
  });

  it.each(['typing:start', 'typing:stop'])('takes note of %s', async (type) => {
    const user = await aUser(send);
    await say(send, user, 'one');
    const activity = { role: 'appMaker', type, name: 'Zoe', avatarUrl: 'https://example.com/z.png' };
    const noted = await send('POST', `/appusers/${user}/conversation/activity`, activity);
    expect([noted.status, noted.at('conversation', 'unreadCount')]).toEqual([200, '0']);
  });

  it.each([
    [{ type: 'typing:start' }, 'role'],
    [{ role: 'appMaker' }, 'type'],
    [{ role: 'appMaker', type: 'dancing' }, 'type'],
  ])('refuses the activity %j, naming %s', async (activity, field) => {
    const user = await aUser(send);
    await say(send, user, 'one');
    const refused = await send('POST', `/appusers/${user}/conversation/activity`, activity);
    expect(refused.at('error', 'description')).toMatch(new RegExp(`^${field}: expected `));
  });
});
