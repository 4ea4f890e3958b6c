import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { eraseDeletedApps } from '../../src/db/sweep/deleted-apps.ts';
import { aUser, say } from '../api/support/an-api.ts';
import { basic, createClient } from '../api/support/client.ts';
import { connectAccount } from '../api/support/connected-account.ts';
import { aConsole, secretIn } from './support/visitor.ts';

const keyIn = (text: string): string => /<span>Key id<\/span> <code>([^<]+)</.exec(text)?.[1] ?? '';

describe('apps in the console', () => {
  const { api, ada } = aConsole();

  it('come with a key, whose secret is shown once', async () => {
    const page = await ada().submit('/console/apps', { name: 'Shop' });
    const key = { keyId: keyIn(page.text), secret: secretIn(page.text) };
    const client = createClient(`${api().url}/v1.1`, basic(key));
    expect((await client('POST', '/appusers', { userId: 'zoe' })).status).toBe(201);
    const [shop] = await api().db.selectFrom('apps').select('id').where('name', '=', 'Shop').execute();
    const again = await ada().look(`/console/apps/${shop?.id ?? ''}/keys`);
    expect(again.text).toContain(key.keyId);
    expect(again.text).not.toContain(key.secret);
  });

  it('can be renamed; a name without letters changes nothing', async () => {
    const home = `/console/apps/${api().otherApp.appId}`;
    expect((await ada().submit(`${home}/rename`, { name: '  ' })).text).toContain('Expected a name of 1 to 100 characters.');
    expect((await ada().submit(`${home}/rename`, { name: 'Other shop' })).text).toContain('The app is called Other shop now.');
    expect((await ada().look('/console/apps')).text).toContain('Other shop');
  });

  it('have keys that can be made and revoked', async () => {
    const home = `/console/apps/${api().app.appId}`;
    const page = await ada().submit(`${home}/keys`, { name: 'second' });
    const key = { keyId: keyIn(page.text), secret: secretIn(page.text) };
    const client = createClient(`${api().url}/v1.1`, basic(key));
    expect((await client('GET', '/webhooks')).status).toBe(200);
    await ada().submit(`${home}/keys/revoke`, { id: key.keyId });
    expect((await client('GET', '/webhooks')).status).toBe(401);
  });

  it('leave a trace of who changed what, without secrets', async () => {
    const page = await ada().look('/console/audit');
    for (const deed of ['created the app <b>Shop', 'renamed the app Other to <b>Other shop', 'revoked the key <b>second'])
      expect(page.text).toContain(deed);
    const audit = JSON.stringify(await api().db.selectFrom('audit').selectAll().execute());
    expect(audit).toContain('ada@example.com');
    expect(audit).not.toContain(api().app.secret);
  });

  it('with undelivered work are deleted only by their name', async () => {
    const { app, db, temporal } = api();
    await connectAccount(api(), { key: 'acme' });
    await say(api.send, await aUser(api.send), 'Hello?');
    const home = `/console/apps/${app.appId}`;
    expect((await ada().look(`${home}/settings`)).text).toContain('1 message would never be delivered.');
    expect((await ada().submit(`${home}/delete`)).text).toContain('Nothing was deleted: expected the name of the app, Demo.');
    expect((await api.send('GET', '/webhooks')).status).toBe(200);

    expect((await ada().submit(`${home}/delete`, { name: 'Demo' })).text).toContain('Demo is deleted.');
    expect((await api.send('GET', '/webhooks')).status).toBe(401);
    expect((await ada().look(`${home}/keys`)).status).toBe(404);
    expect(temporal.woken).toEqual(['zendesk acme']);
    const [integration] = await db.selectFrom('integrations').select('status').execute();
    expect(integration?.status).toBe('removing');

    // As long as something of ours is left at the vendor, what leads there stays.
    expect(await eraseDeletedApps(db)).toBe(false);
    await db.updateTable('integrations').set({ status: 'removed' }).execute();
    while (await eraseDeletedApps(db));
    for (const table of ['apps', 'app_users', 'conversations', 'destinations', 'integrations'] as const) {
      const column = table === 'apps' ? 'id' : 'app_id';
      expect(
        await db
          .selectFrom(table)
          .select(sql`1`.as('one'))
          .where(sql.ref(column), '=', app.appId)
          .execute(),
      ).toEqual([]);
    }
    expect(await db.selectFrom('messages').select('id').execute()).toEqual([]);
  });
});
