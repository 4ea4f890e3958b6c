import { beforeAll, describe, expect, it } from 'vitest';
import { findAppUser } from '../../src/db/app-users.ts';
import { readMessages } from '../../src/db/messages.ts';
import { adoptFacts } from '../../src/db/integrations/adopt-facts.ts';
import { systems } from '../../activities/systems.ts';
import type { ConversationId, DestinationId } from '../../src/domain/ids.ts';
import { transcriptUrl } from '../../src/transcript-url.ts';
import { anApi, aUser, say } from './support/an-api.ts';
import { connectAccount } from './support/connected-account.ts';

describe('a changed name or e-mail address', () => {
  const api = anApi();
  const { send } = api;
  let slack: DestinationId;
  beforeAll(async () => {
    slack = (await connectAccount(api(), { key: 'T1', system: 'slack' })).destination;
    await connectAccount(api(), { key: 'acme', system: 'zendesk' });
    await send('POST', '/webhooks', { target: 'https://example.com/hook', triggers: ['*'] });
  });

  /** Somebody who wrote something. */
  async function aSpeaker(): Promise<string> {
    const user = await aUser(send, { givenName: 'Ann' });
    await say(send, user, 'Hello');
    return user;
  }
  async function conversationOf(user: string): Promise<ConversationId> {
    const found = await findAppUser(api().db, api().app.appId, user);
    if (found === undefined) throw new Error('there is no such app user');
    return found.conversation;
  }
  const activitiesOf = async (user: string) =>
    await api()
      .db.selectFrom('messages as m')
      .innerJoin('deliveries as d', (join) =>
        join.onRef('d.conversation_id', '=', 'm.conversation_id').onRef('d.seq', '=', 'm.seq'),
      )
      .select(['m.seq', 'm.content', 'd.destination_id as destination', 'd.state'])
      .where('m.conversation_id', '=', await conversationOf(user))
      .where('m.role', '=', 'profile')
      .execute();

  it('is accepted as an activity for the systems that take it, and for no webhook; it rings them', async () => {
    const user = await aSpeaker();
    // As after a round of each lane.
    await api().db.updateTable('lanes').set({ taken_seq: 1 }).execute();
    const { rung } = api().temporal;
    rung.length = 0;
    expect((await send('PUT', `/appusers/${user}`, { email: 'ann@example.com' })).status).toBe(200);
    expect(await activitiesOf(user)).toEqual([
      {
        seq: 2,
        content: { type: 'text', text: 'Changed their name or e-mail address.' },
        destination: slack,
        state: 'waiting',
      },
    ]);
    await api().dispatch.drain();
    expect(rung.map(({ bell }) => bell.lanes?.map(({ destination }) => destination))).toEqual([[slack]]);
  });

  it('is one with which a client of version 1 begins, too', async () => {
    const user = await aSpeaker();
    const device = { id: 'd1', platform: 'web' };
    for (let times = 1; times <= 2; times += 1) await send('POST', '/init', { userId: user, givenName: 'Anna', device });
    expect(await activitiesOf(user)).toHaveLength(1);
  });

  it('is none of a conversation’s messages', async () => {
    const user = await aSpeaker();
    await send('PUT', `/appusers/${user}`, { surname: 'Lee' });
    const listed = await send('GET', `/appusers/${user}/messages`);
    expect(listed.body).toMatchObject({ messages: [{ text: 'Hello' }], conversation: { unreadCount: 0 } });
    expect(listed.at('messages', 1, 'text')).toBe('undefined');
    expect(listed.body).not.toHaveProperty('next');
    expect(await activitiesOf(user)).toHaveLength(1);
    const { db, vault, url } = api();
    const conversation = await conversationOf(user);
    const transcript = await (await fetch(transcriptUrl(vault, url, conversation))).text();
    expect(transcript).toContain('Hello');
    expect(transcript).not.toContain('Changed');
    expect(await readMessages(db, conversation, { kind: 'newest' }, 10)).toHaveLength(1);
  });

  it('is accepted for nobody where nobody has heard of the person', async () => {
    const user = await aUser(send, { givenName: 'Ann' });
    await send('PUT', `/appusers/${user}`, { givenName: 'Anna' });
    expect(await activitiesOf(user)).toEqual([]);
    expect((await say(send, user, 'Hello')).status).toBe(201);
  });

  it('is taken by systems that were connected before they did, once a worker begins that knows of it', async () => {
    const { db } = api();
    await db
      .updateTable('destinations')
      .set({ takes: ['appUser'] })
      .where('id', '=', slack)
      .execute();
    await adoptFacts(db, systems);
    const row = await db.selectFrom('destinations').select('takes').where('id', '=', slack).executeTakeFirstOrThrow();
    expect(row.takes).toEqual(['appUser', 'appMaker', 'profile']);
    const webhook = await db.selectFrom('destinations').select('takes').where('webhook_id', 'is not', null).executeTakeFirst();
    expect(webhook?.takes).toEqual(['appUser', 'appMaker']);
  });
});
