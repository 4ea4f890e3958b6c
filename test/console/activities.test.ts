import { describe, expect, it } from 'vitest';
import { findAppUser } from '../../src/db/app-users.ts';
import { say } from '../api/support/an-api.ts';
import { connectAccount } from '../api/support/connected-account.ts';
import { aConsole } from './support/visitor.ts';

describe('a changed name, in the console', () => {
  const { api, ada } = aConsole();
  const { send } = api;

  it('is seen between the messages, with where it was told; but not where one plays the person', async () => {
    const { db, app } = api();
    await connectAccount(api(), { key: 'T1', system: 'slack' });
    await send('POST', '/appusers', { userId: 'ann', givenName: 'Ann' });
    await say(send, 'ann', 'Hello');
    await send('PUT', '/appusers/ann', { surname: 'Lee' });
    const home = `/console/apps/${app.appId}`;
    const conversation = `${home}/conversations/${(await findAppUser(db, app.appId, 'ann'))?.conversation}`;
    const seen = await ada().look(conversation);
    expect(seen.text).toMatch(/message profile.*<b>Ann Lee<\/b>.*Changed their name or e-mail address\..*slack T1/s);
    expect((await ada().look(`${conversation}/messages/2`)).text).toContain('Nothing was written yet.');
    await db.updateTable('deliveries').set({ state: 'delivered' }).execute();
    expect((await ada().look(`${conversation}/messages/2`)).text).toContain('Nothing had to be written.');
    const played = (await ada().look(`${home}/try?user=ann`)).text;
    expect(played).toContain('Hello');
    expect(played).not.toContain('Changed their name');
  });
});
