import { beforeAll, describe, expect, it } from 'vitest';
import { anApi, aUser, say } from './support/an-api.ts';

const link = { type: 'link', text: 'Open', uri: 'https://example.com' };
const reply = { type: 'reply', text: 'Yes', payload: 'YES' };
const item = { title: 'Tea', actions: [link] };
const anId: unknown = expect.stringMatching(/^[0-9a-f]{24}$/);

describe('a message', () => {
  const api = anApi();
  const { send } = api;
  let user = '';
  beforeAll(async () => {
    user = await aUser(send, { givenName: 'Ann', surname: 'Lee' });
  });
  const post = (body: unknown, headers?: Readonly<Record<string, string>>) =>
    send('POST', `/appusers/${user}/messages`, body, headers);

  const authorOf = async (who: object): Promise<string> =>
    (await post({ role: 'appMaker', text: 'x', ...who })).at('message', 'authorId');

  it('of the app user is answered with 201 as it is stored', async () => {
    const said = await post({ role: 'appUser', type: 'text', text: 'Hello', metadata: { page: 'cart', items: 2 } });
    const appUser = (await send('GET', `/appusers/${user}`)).at('appUser', '_id');
    expect(said.status).toBe(201);
    expect(said.body).toEqual({
      message: {
        _id: anId,
        type: 'text',
        role: 'appUser',
        authorId: appUser,
        name: 'Ann Lee',
        text: 'Hello',
        received: expect.closeTo(api().clock.now() / 1_000, 0),
        metadata: { page: 'cart', items: 2 },
        source: { type: 'api' },
      },
      conversation: { _id: anId, unreadCount: 0 },
    });
    const stored = await send('GET', `/appusers/${user}/messages?after=${Number(said.at('message', 'received')) - 0.001}`);
    expect(stored.body).toMatchObject({ messages: [{ _id: said.at('message', '_id'), text: 'Hello' }] });
  });

  it('of the app’s owner may have buttons and images typed as text; the app user’s may not', async () => {
    const text = 'Come in\n![](https://example.com/door.png)\n%[Open](https://example.com)';
    expect((await post({ role: 'appMaker', text })).body).toMatchObject({
      message: { type: 'image', text: 'Come in', mediaUrl: 'https://example.com/door.png', actions: [{ _id: anId, ...link }] },
    });
    expect((await post({ role: 'appUser', text })).body).toMatchObject({ message: { type: 'text', text } });
  });

  it('is text where it does not say', async () => {
    expect((await post({ role: 'appMaker', text: 'Hi' })).at('message', 'type')).toBe('text');
  });

  it('of the app’s owner is unread, and shows who wrote it', async () => {
    const other = await aUser(send);
    const body = {
      role: 'appMaker',
      text: 'Hi',
      name: 'Zoe',
      email: 'Zoe@Shop.example',
      avatarUrl: 'https://example.com/zoe.png',
    };
    const first = await send('POST', `/appusers/${other}/messages`, body);
    expect(first.body).toMatchObject({
      message: { role: 'appMaker', name: 'Zoe', avatarUrl: 'https://example.com/zoe.png', authorId: anId },
      conversation: { unreadCount: 1 },
    });
    expect(first.text).not.toContain('Shop.example');
  });

  it('has the same author for the same e-mail address, and else for the same name', async () => {
    const zoe = await authorOf({ name: 'Zoe', email: 'zoe@shop.example' });
    expect(await authorOf({ name: 'Z.', email: 'ZOE@shop.example' })).toBe(zoe);
    expect(await authorOf({ name: 'Zoe' })).not.toBe(zoe);
    expect(await authorOf({ name: 'Zoe' })).toBe(await authorOf({ name: 'Zoe' }));
  });

  it('says where it came in, if the client knows better', async () => {
    const said = await post({ role: 'appUser', text: 'x', source: { type: 'ios', id: 'phone-1' } });
    expect(said.body).toMatchObject({ message: { source: { type: 'ios', id: 'phone-1' } } });
  });

  it('may be sent to the older address', async () => {
    const said = await send('POST', `/appusers/${user}/conversation/messages`, { role: 'appUser', text: 'old' });
    expect([said.status, said.at('message', 'text')]).toEqual([201, 'old']);
  });

  it.each([
    ['an image', { type: 'image', mediaUrl: 'https://example.com/a.png', mediaType: 'image/png', text: 'look' }],
    ['a file', { type: 'file', mediaUrl: 'http://example.com/a.pdf', mediaType: 'application/pdf' }],
    ['a file in a network that the operator allows', { type: 'file', mediaUrl: 'http://10.1.2.3/a.pdf' }],
    ['a place', { type: 'location', coordinates: { lat: 52.5, long: 13.4 }, location: { name: 'Office', address: 'Here 1' } }],
  ])('may be %s', async (_what, content) => {
    const said = await post({ role: 'appUser', ...content });
    expect(said.status).toBe(201);
    expect(said.body).toMatchObject({ message: content });
  });

  it.each([
    ['a carousel', { type: 'carousel', items: [{ ...item, description: 'Green', mediaUrl: 'https://example.com/t.png' }] }],
    ['a list', { type: 'list', items: [item, { ...item, size: 'large' }], actions: [link] }],
    ['text with buttons', { type: 'text', text: 'Pick', actions: [link, { type: 'postback', text: 'Go', payload: 'GO' }] }],
    ['text with replies', { type: 'text', text: 'Pick', actions: [reply, { type: 'locationRequest', text: 'Where?' }] }],
    ['text with a price', { type: 'text', text: 'Buy', actions: [{ type: 'buy', text: 'Buy', amount: 1_000, currency: 'usd' }] }],
  ])('of the app’s owner may be %s, and every part gets an id', async (_what, content) => {
    const said = await post({ role: 'appMaker', ...content });
    expect(said.status).toBe(201);
    expect(said.body).toMatchObject({ message: content });
    const parts = 'items' in content ? said.at('message', 'items', 0, '_id') : said.at('message', 'actions', 0, '_id');
    expect(parts).toEqual(anId);
  });

  it('keeps half of a surrogate pair as the sign for what is lost', async () => {
    expect((await post('{"role":"appUser","text":"cut \\ud83d"}')).at('message', 'text')).toBe('cut \u{FFFD}');
  });

  it('to nobody is refused', async () => {
    const refused = await say(send, 'nobody', 'x');
    expect([refused.status, refused.at('error', 'code')]).toEqual([404, 'user_not_found']);
  });
});
