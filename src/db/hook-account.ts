import { toId } from '../domain/ids.ts';
import type { AccountId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Vault } from '../secrets.ts';
import { openSecrets } from './accounts/accounts.ts';
import type { Db } from './db.ts';

/** What a request of a business system is verified with. */
export interface HookAccount {
  readonly id: AccountId;
  readonly key: string;
  readonly data: JsonObject;
  readonly secrets: JsonObject;
}

/** Finds a system's account by our id, which is part of its hook address, or by the system's own name for it. */
export async function findHookAccount(
  db: Db,
  vault: Vault,
  wanted: { readonly system: string } & ({ readonly id: string } | { readonly key: string }),
): Promise<HookAccount | undefined> {
  const accounts = db.selectFrom('accounts').select(['id', 'key', 'data', 'secrets']).where('system', '=', wanted.system);
  const row = await (
    'id' in wanted ? accounts.where('id', '=', toId<AccountId>(wanted.id)) : accounts.where('key', '=', wanted.key)
  ).executeTakeFirst();
  if (row === undefined) return undefined;
  return { id: row.id, key: row.key, data: row.data, secrets: openSecrets(vault, row.id, row.secrets) };
}
