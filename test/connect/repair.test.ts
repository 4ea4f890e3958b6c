import { describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { zendesk } from '../../activities/zendesk/index.ts';
import { markReconciled } from '../../src/db/accounts/accounts.ts';
import { readGrant } from '../../src/db/accounts/grants.ts';
import type { Db } from '../../src/db/db.ts';
import { storeConnected } from '../../src/db/integrations/connect.ts';
import { newId } from '../../src/db/new-id.ts';
import type { IntegrationId } from '../../src/domain/ids.ts';
import { connecting } from './support/connecting.ts';

async function waitsForLock(db: Db): Promise<boolean> {
  const { rows } =
    await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
  return rows.length > 0;
}

describe('connecting a Zendesk again', () => {
  const { api, as, create, connect } = connecting();

  it('is the repair of everything on that account that was parked', async () => {
    const first = await create('repaired');
    await connect(first);
    await connect(await create('repaired', {}, api().otherApp));
    const account = await api().db.selectFrom('accounts').select('id').where('key', '=', 'repaired').executeTakeFirstOrThrow();
    const generations = () =>
      api()
        .db.selectFrom('destinations')
        .select(['app_id', 'generation', 'parked_generation'])
        .where('account_id', '=', account.id)
        .orderBy('app_id')
        .execute();
    await api()
      .db.updateTable('destinations')
      .set({ parked_generation: 1, parked_reason: 'revoked' })
      .where('account_id', '=', account.id)
      .execute();
    const { version } = await readGrantOf(account.id);
    await connect(await create('repaired'));
    expect((await generations()).every(({ generation, parked_generation: parked }) => generation > parked)).toBe(true);
    expect((await readGrantOf(account.id)).version).toBe(version + 1);
    expect(await generations()).toHaveLength(2);
  });

  it('leaves alone what was not parked, of another app', async () => {
    await connect(await create('untouched', {}, api().otherApp));
    await connect(await create('untouched'));
    const rows = await api()
      .db.selectFrom('destinations')
      .select('generation')
      .where('label', '=', 'Zendesk untouched')
      .execute();
    expect(rows).toEqual([{ generation: 1 }, { generation: 1 }]);
  });

  it('revives what the app had removed, and tells its new id’s asker which one it is', async () => {
    const first = await create('revived');
    await connect(first);
    const id = first.at('integration', '_id');
    await as(api().app)('DELETE', `/integrations/${id}`);
    const second = await create('revived');
    await connect(second);
    const shown = await as(api().app)('GET', `/integrations/${second.at('integration', '_id')}`);
    expect(shown.body).toMatchObject({ integration: { _id: id, status: 'connecting' } });
    const rows = await api()
      .db.selectFrom('destinations')
      .select(['removed_at', 'generation'])
      .where('label', '=', 'Zendesk revived')
      .execute();
    expect(rows).toEqual([{ removed_at: null, generation: 2 }]);
  });

  it('keeps its grant when another app leaves the account at the same moment', async () => {
    await connect(await create('shared'));
    const { db, vault, app, otherApp, clock } = api();
    const account = await db.selectFrom('accounts').select('id').where('key', '=', 'shared').executeTakeFirstOrThrow();
    await db.updateTable('integrations').set({ status: 'removing' }).where('app_id', '=', app.appId).execute();
    const connected = {
      accountKey: 'shared',
      data: {},
      grant: { credentials: { accessToken: 'new' } },
      displayName: 'Zendesk shared',
    };
    let leaving: Promise<void> = Promise.resolve();
    await db.transaction().execute(async (tx) => {
      const integration = newId<IntegrationId>();
      await storeConnected(tx, vault, { app: otherApp.appId, system: zendesk, connected, integration, now: clock.now() });
      leaving = markReconciled(db, account.id, false);
      // It waits for the lock before it looks who is left.
      await expect.poll(() => waitsForLock(db)).toBe(true);
    });
    await leaving;
    expect((await readGrantOf(account.id)).credentials).toEqual({ accessToken: 'new' });
  });

  async function readGrantOf(account: Parameters<typeof readGrant>[2]) {
    const grant = await readGrant(api().db, api().vault, account);
    if (grant === undefined) throw new Error('no grant');
    return grant;
  }
});
