import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepStep, openCarried } from '../../src/connect/connect-state.ts';
import { findAccount, keepOfAccount } from '../../src/db/accounts/accounts.ts';
import { putGrant, readGrant } from '../../src/db/accounts/grants.ts';
import { createApp, findKey } from '../../src/db/apps.ts';
import type { NewKey } from '../../src/db/apps.ts';
import { newId } from '../../src/db/new-id.ts';
import type { AppId, IntegrationId } from '../../src/domain/ids.ts';
import { keysInUse, rotateKeys } from '../../src/operations/rotate-keys.ts';
import { createVault, SealBroken } from '../../src/secrets.ts';
import type { SealingKey, Vault } from '../../src/secrets.ts';
import { connectWebhook, createWorld } from '../engine/support/world.ts';
import type { Connection, World } from '../engine/support/world.ts';

const k1: SealingKey = { id: 'k1', key: new Uint8Array(32).fill(7) };
const k2: SealingKey = { id: 'k2', key: new Uint8Array(32).fill(8) };
const both = createVault([k2, k1]);
const onlyNew = createVault([k2]);

describe('sealing everything with a new key', () => {
  let world: World;
  let app: NewKey & { readonly appId: AppId };
  let webhook: Connection;
  beforeAll(async () => {
    world = await createWorld();
    app = await createApp(world.db, world.vault, 'Shop', 1);
    webhook = await connectWebhook(world, 'http://127.0.0.1:1/');
    await keepOfAccount(world.db, world.vault, webhook.account, {}, { signing: 'shh' });
    const step = {
      app: app.appId,
      system: 'zendesk',
      integration: newId<IntegrationId>(),
      carried: { input: { secret: 'typed' } },
    };
    await keepStep(world, step, world.clock.now());
  });
  afterAll(() => world.close());

  const openAll = async (vault: Vault) => {
    const step = await world.db.selectFrom('connect_states').selectAll().executeTakeFirstOrThrow();
    const { key } = await world.db
      .selectFrom('accounts')
      .select('key')
      .where('id', '=', webhook.account)
      .executeTakeFirstOrThrow();
    return {
      key: (await findKey(world.db, vault, app.keyId))?.secret,
      grant: (await readGrant(world.db, vault, webhook.account))?.credentials,
      secrets: (await findAccount(world.db, vault, 'app', key))?.secrets,
      step: openCarried(vault, step).input,
    };
  };

  it('shows before which key is in use, and for what', async () => {
    const tables = (await keysInUse(world.db)).map(({ key, table, values }) => `${key} ${table} ${values}`);
    expect(tables).toEqual(['k1 accounts 1', 'k1 app_keys 1', 'k1 connect_states 1', 'k1 grants 1']);
  });

  it('goes on where it was after it ended in the middle', async () => {
    const stopped = new Error('killed');
    const kill = (): never => {
      throw stopped;
    };
    await expect(rotateKeys(world.db, both, { onRotated: kill })).rejects.toBe(stopped);
    expect(new Set((await keysInUse(world.db)).map(({ key }) => key))).toEqual(new Set(['k1', 'k2']));
    const before = await openAll(both);
    expect((await rotateKeys(world.db, both, { atOnce: 1 })).map(({ resealed }) => resealed)).toEqual([0, 1, 1, 1, 0]);
    expect(await openAll(both)).toEqual(before);
  });

  it('leaves nothing that needs the old key, in any column of any table', async () => {
    expect(await openAll(onlyNew)).toEqual({
      key: app.secret,
      grant: { secret: 's3cret' },
      secrets: { signing: 'shh' },
      step: { secret: 'typed' },
    });
    expect(await everythingIn(world)).toContain('v1.k2.');
    expect(await everythingIn(world)).not.toContain('v1.k1.');
  });

  it('does nothing when all is done', async () => {
    expect((await rotateKeys(world.db, both)).every(({ resealed }) => resealed === 0)).toBe(true);
  });

  it('says what it cannot open, leaves it, and does the rest', async () => {
    const stranger = createVault([{ id: 'k0', key: new Uint8Array(32).fill(9) }]);
    const lost = await connectWebhook(world, 'http://127.0.0.1:2/');
    await putGrant(world.db, stranger, lost.account, { credentials: { secret: 'x' } }, 1);
    await putGrant(world.db, world.vault, webhook.account, { credentials: { secret: 'y' } }, 1);
    const grants = (await rotateKeys(world.db, both, { atOnce: 1 })).find(({ table }) => table === 'grants');
    expect(grants).toMatchObject({ resealed: 1, broken: ['sealed with the key "k0", which DESKBRIDGE_KEYS does not contain'] });
    await expect(readGrant(world.db, both, lost.account)).rejects.toThrow(SealBroken);
    expect((await readGrant(world.db, stranger, lost.account))?.credentials).toEqual({ secret: 'x' });
  });

  it('does not undo what is sealed anew at the same time', async () => {
    await putGrant(world.db, world.vault, webhook.account, { credentials: { secret: 'old' } }, 1);
    const busy: Vault = {
      ...both,
      open: (sealed, purpose) => {
        // Between the read and the write somebody else rotates the grant: the vault cannot wait, so the write is begun here.
        racing.push(putGrant(world.db, world.vault, webhook.account, { credentials: { secret: 'new' } }, 2));
        return both.open(sealed, purpose);
      },
    };
    const racing: Promise<void>[] = [];
    await rotateKeys(world.db, busy);
    await Promise.all(racing);
    expect(racing.length).toBeGreaterThan(0);
    expect((await readGrant(world.db, both, webhook.account))?.credentials).toEqual({ secret: 'new' });
  });
});

/** Every text of every table: what is sealed somewhere that rotation does not know of would show. */
async function everythingIn({ db }: World): Promise<string> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`.execute(
    db,
  );
  const texts = tables.map(async ({ name }) => (await sql`select t::text from ${sql.table(name)} t`.execute(db)).rows);
  return JSON.stringify(await Promise.all(texts));
}
