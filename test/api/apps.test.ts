import { describe, expect, it } from 'vitest';
import { createAccountKey, createApp, findKey } from '../../src/db/apps.ts';
import { installationId } from '../../src/db/installation.ts';
import { anApi } from './support/an-api.ts';

describe('an app', () => {
  const api = anApi();

  it('is made with a key of its own', async () => {
    const { db, vault, clock } = api();
    const made = await createApp(db, vault, 'Shop', clock.now());
    expect(made).toEqual({
      appId: expect.stringMatching(/^[0-9a-f]{24}$/),
      keyId: expect.stringMatching(/^app_[0-9a-f]{24}$/),
      secret: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(await findKey(db, vault, made.keyId)).toEqual({ id: made.keyId, app: made.appId, secret: made.secret });
  });

  it('is reached by keys of account scope, too', async () => {
    const { db, vault, clock } = api();
    const made = await createAccountKey(db, vault, 'operations', clock.now());
    expect(made.keyId).toMatch(/^act_[0-9a-f]{24}$/);
    expect(await findKey(db, vault, made.keyId)).toEqual({ id: made.keyId, app: undefined, secret: made.secret });
  });
});

describe('the id of the installation', () => {
  const api = anApi();

  it('is made once, for all who ask', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => installationId(api().db)));
    expect(ids[0]).toMatch(/^[0-9a-f]{12}$/);
    expect(new Set([...ids, await installationId(api().db)]).size).toBe(1);
  });
});
