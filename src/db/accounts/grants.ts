import type { GrantToStore, StoredGrant } from '../../../activities/account-store.ts';
import type { AccountId } from '../../domain/ids.ts';
import type { Vault } from '../../secrets.ts';
import type { Db } from '../db.ts';
import { parseObject } from '../parse-object.ts';
import type { SealedColumn } from '../sealed.ts';

const purpose = (account: string): string => `grant/${account}`;
export const sealedGrants: SealedColumn = { table: 'grants', column: 'credentials', id: 'account_id', purpose };

export async function readGrant(db: Db, vault: Vault, account: AccountId): Promise<StoredGrant | undefined> {
  const row = await db.selectFrom('grants').selectAll().where('account_id', '=', account).executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    version: row.version,
    credentials: parseObject(vault.open(row.credentials, purpose(account))),
    expiresAt: row.expires_at ?? undefined,
    renewAt: row.renew_at ?? undefined,
    rotatingUntil: row.rotating_until ?? undefined,
  };
}

/** A new grant, from connecting. It replaces whatever was there. */
export async function putGrant(db: Db, vault: Vault, account: AccountId, grant: GrantToStore, now: number): Promise<void> {
  const row = sealed(vault, account, grant, now);
  await db
    .insertInto('grants')
    .values({ account_id: account, version: 1, ...row })
    .onConflict((conflict) =>
      conflict.column('account_id').doUpdateSet((e) => ({ ...row, version: e('grants.version', '+', 1), rotating_until: null })),
    )
    .execute();
}

export async function leaseGrant(db: Db, account: AccountId, version: number, now: number, until: number): Promise<boolean> {
  const leased = await db
    .updateTable('grants')
    .set({ rotating_until: until })
    .where('account_id', '=', account)
    .where('version', '=', version)
    .where((e) => e.or([e('rotating_until', 'is', null), e('rotating_until', '<=', now)]))
    .returning('version')
    .executeTakeFirst();
  return leased !== undefined;
}

export async function rotateGrant(
  db: Db,
  vault: Vault,
  account: AccountId,
  version: number,
  grant: GrantToStore,
  now: number,
): Promise<boolean> {
  const rotated = await db
    .updateTable('grants')
    .set({ ...sealed(vault, account, grant, now), version: version + 1, rotating_until: null })
    .where('account_id', '=', account)
    .where('version', '=', version)
    .returning('version')
    .executeTakeFirst();
  return rotated !== undefined;
}

export async function releaseGrant(db: Db, account: AccountId, version: number, from: number): Promise<void> {
  await db
    .updateTable('grants')
    .set({ rotating_until: from })
    .where('account_id', '=', account)
    .where('version', '=', version)
    .execute();
}

/** Half of a grant's life is for using it, half for renewing it. */
const sealed = (vault: Vault, account: AccountId, grant: GrantToStore, now: number) => ({
  credentials: vault.seal(JSON.stringify(grant.credentials), purpose(account)),
  expires_at: grant.expiresAt ?? null,
  renew_at: grant.expiresAt === undefined ? null : Math.floor(now + (grant.expiresAt - now) / 2),
});
