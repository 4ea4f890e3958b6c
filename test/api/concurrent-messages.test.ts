import { describe, expect, it } from 'vitest';
import { anApi, aUser, say } from './support/an-api.ts';

describe('the client’s own id of a message', () => {
  const api = anApi();
  const { send } = api;

  it('makes a repetition answer the stored message, whatever it says now', async () => {
    const user = await aUser(send);
    const first = await say(send, user, 'once', { _clientId: 'c-1' });
    const again = await say(send, user, 'something else', { _clientId: 'c-1', role: 'appMaker' });
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
  });

  it('may come as the header Idempotency-Key', async () => {
    const user = await aUser(send);
    const path = `/appusers/${user}/messages`;
    const body = { role: 'appUser', text: 'once' };
    const first = await send('POST', path, body, { 'Idempotency-Key': 'k-1' });
    const again = await send('POST', path, body, { 'Idempotency-Key': 'k-1' });
    const inBody = await send('POST', path, { ...body, _clientId: 'k-1' });
    expect([again.at('message', '_id'), inBody.at('message', '_id')]).toEqual(Array(2).fill(first.at('message', '_id')));
    const refused = await send('POST', path, body, { 'Idempotency-Key': 'k'.repeat(256) });
    expect([refused.status, refused.at('error', 'description')]).toEqual([
      400,
      'Idempotency-Key: expected at most 255 characters',
    ]);
  });

  it('counts within its conversation', async () => {
    const [one, other] = [await aUser(send), await aUser(send)];
    const first = await say(send, one, 'x', { _clientId: 'shared' });
    const second = await say(send, other, 'x', { _clientId: 'shared' });
    expect(second.at('message', '_id')).not.toBe(first.at('message', '_id'));
  });

  it('keeps sixteen that come at once one message, with one bell', async () => {
    const user = await aUser(send);
    const replies = await Promise.all(Array.from({ length: 16 }, () => say(send, user, 'again', { _clientId: 'burst' })));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(replies.map((answer) => answer.at('message', '_id'))).size).toBe(1);
    expect((await send('GET', `/appusers/${user}/messages`)).body).toMatchObject({ messages: [{ text: 'again' }] });
  });
});

describe('sixteen writers on one conversation', () => {
  const api = anApi();

  it('leave no gap and no double in its order', async () => {
    const user = await aUser(api.send);
    const writer = async (name: number): Promise<void> => {
      for (let count = 0; count < 10; count += 1) await say(api.send, user, `${name}/${count}`);
    };
    await Promise.all(Array.from({ length: 16 }, (_, name) => writer(name)));
    const rows = await api().db.selectFrom('messages').select(['seq', 'accepted_at', 'content']).orderBy('seq').execute();
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 160 }, (_, index) => index + 1));
    expect(rows.every((row, index) => index === 0 || row.accepted_at > (rows[index - 1]?.accepted_at ?? 0))).toBe(true);
    for (const name of Array.from({ length: 16 }, (_, index) => index)) {
      const own = rows.flatMap(({ content }) => (content.text?.startsWith(`${name}/`) ? [content.text] : []));
      expect(own).toEqual(Array.from({ length: 10 }, (_, count) => `${name}/${count}`));
    }
  });
});
