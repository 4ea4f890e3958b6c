import { beforeAll, describe, expect, it } from 'vitest';
import { anApi, aUser } from './support/an-api.ts';

const link = { type: 'link', text: 'Open', uri: 'https://example.com' };
const reply = { type: 'reply', text: 'Yes', payload: 'YES' };
const item = { title: 'Tea', actions: [link] };
const times = (count: number, value: object): readonly object[] => Array.from({ length: count }, () => ({ ...value }));

describe('a message', () => {
  const api = anApi();
  let path = '';
  beforeAll(async () => {
    path = `/appusers/${await aUser(api.send)}/messages`;
  });

  it.each([
    ['text', {}, 'role'],
    ['text', { role: 'whisper', text: 'x' }, 'role'],
    ['text', { role: 'appUser' }, 'text'],
    ['text', { role: 'appUser', text: '' }, 'text'],
    ['text', { role: 'appUser', text: ' \n' }, 'text'],
    ['text', { role: 'appUser', text: 5 }, 'text'],
    ['text', { role: 'appUser', text: null }, 'text'],
    ['text', { role: 'appUser', text: 'a\0b' }, 'text'],
    ['form', { role: 'appUser', type: 'form', text: 'x' }, 'type'],
    ['image', { role: 'appUser', type: 'image' }, 'mediaUrl'],
    ['image', { role: 'appUser', type: 'image', mediaUrl: 'data:image/png;base64,AA==' }, 'mediaUrl'],
    ['image', { role: 'appUser', type: 'image', mediaUrl: 'http://127.0.0.1/a.png' }, 'mediaUrl'],
    ['image', { role: 'appUser', type: 'image', mediaUrl: 'http://[::1]/a.png' }, 'mediaUrl'],
    ['image', { role: 'appUser', type: 'image', mediaUrl: 'http://169.254.169.254/latest' }, 'mediaUrl'],
    ['image', { role: 'appUser', type: 'image', mediaUrl: 'http://2130706433/' }, 'mediaUrl'],
    ['image', { role: 'appUser', type: 'image', mediaUrl: 'https://u:p@example.com/' }, 'mediaUrl'],
    ['file', { role: 'appUser', type: 'file', mediaUrl: 'https://example.com', mediaType: 'nonsense' }, 'mediaType'],
    ['location', { role: 'appUser', type: 'location' }, 'coordinates'],
    ['location', { role: 'appUser', type: 'location', coordinates: { lat: 91, long: 0 } }, 'coordinates.lat'],
    ['metadata', { role: 'appUser', text: 'x', metadata: { a: [] } }, 'metadata.a'],
    ['email', { role: 'appMaker', text: 'x', email: 'nobody' }, 'email'],
    ['source', { role: 'appUser', text: 'x', source: {} }, 'source.type'],
    ['client id', { role: 'appUser', text: 'x', _clientId: 'i'.repeat(256) }, '_clientId'],
    ['actions', { role: 'appUser', text: 'x', actions: [link] }, 'actions'],
    ['carousel', { role: 'appUser', type: 'carousel', items: [item] }, 'type'],
    ['carousel', { role: 'appMaker', type: 'carousel', items: [] }, 'items'],
    ['carousel', { role: 'appMaker', type: 'carousel', items: times(11, item) }, 'items'],
    ['list', { role: 'appMaker', type: 'list', items: [{ title: 'x', actions: [] }] }, 'items.0.actions'],
    ['list', { role: 'appMaker', type: 'list', items: [{ title: 'x', actions: times(4, link) }] }, 'items.0.actions'],
    ['actions', { role: 'appMaker', text: 'x', actions: [reply, link] }, 'actions'],
    ['actions', { role: 'appMaker', text: 'x', actions: times(11, link) }, 'actions'],
    ['actions', { role: 'appMaker', text: 'x', actions: [{ ...link, uri: 'javascript:alert(1)' }] }, 'actions.0.uri'],
    ['actions', { role: 'appMaker', text: 'x', actions: [{ type: 'dance', text: 'x' }] }, 'actions.0.type'],
    ['actions', { role: 'appMaker', text: 'x', actions: [{ type: 'buy', text: 'x', amount: 1.5 }] }, 'actions.0.amount'],
  ])('with a faulty %s is refused as %j, naming %s, and leaves nothing', async (_what, body, field) => {
    const before = await countMessages();
    const refused = await api.send('POST', path, body);
    expect([refused.status, refused.at('error', 'code')]).toEqual([400, 'bad_request']);
    expect(refused.at('error', 'description')).toMatch(new RegExp(`^${field}: expected `));
    expect(await countMessages()).toBe(before);
  });

  const countMessages = async (): Promise<number> => (await api().db.selectFrom('messages').select('id').execute()).length;
});
