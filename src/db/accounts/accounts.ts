import { sql } from 'kysely';
import type { AccountRow, Comparison, SeenGeneration } from '../../../activities/account-store.ts';
import type { AccountId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Vault } from '../../secrets.ts';
import { json } from '../db.ts';
import type { Db, Tx } from '../db.ts';
import { parseObject } from '../parse-object.ts';
import { parkDestination } from '../rounds/park.ts';
import type { IntegrationRow } from '../schema.ts';
import type { SealedColumn } from '../sealed.ts';

const purpose = (account: string): string => `account/${account}`;
export const sealedSecrets: SealedColumn = { table: 'accounts', column: 'secrets', id: 'id', purpose };

export async function findAccount(db: Db, vault: Vault, system: string, key: string): Promise<AccountRow | undefined> {
  const row = await db.selectFrom('accounts').selectAll().where('system', '=', system).where('key', '=', key).executeTakeFirst();
  if (row === undefined) return undefined;
  const integrations = await db.selectFrom('integrations').select('status').where('account_id', '=', row.id).execute();
  const generations = await db
    .selectFrom('destinations')
    .select(['id as destination', 'generation'])
    .where('account_id', '=', row.id)
    .where('removed_at', 'is', null)
    .execute();
  return {
    id: row.id,
    key: row.key,
    data: row.data,
    secrets: openSecrets(vault, row.id, row.secrets),
    wanted: integrations.some(({ status }) => status === 'connecting' || status === 'connected'),
    leaving: integrations.some(({ status }) => status === 'removing'),
    polledUntil: row.polled_until ?? undefined,
    generations,
  };
}

export const openSecrets = (vault: Vault, account: AccountId, sealed: string | null): JsonObject =>
  sealed === null ? {} : parseObject(vault.open(sealed, purpose(account)));

/** Merges what an answer told about the account into its data. */
export async function learnOfAccount(db: Db, account: AccountId, data: JsonObject): Promise<void> {
  await sql`update accounts set data = data || ${json(data)} where id = ${account}`.execute(db);
}

/** Merges what a step of reconciliation returned into what is kept of the account. */
export const keepOfAccount = (db: Db, vault: Vault, account: AccountId, data: JsonObject, secrets: JsonObject): Promise<void> =>
  db.transaction().execute(async (tx) => {
    await keepSecrets(tx, vault, account, secrets);
    await sql`update accounts set data = jsonb_strip_nulls(data || ${json(data)}) where id = ${account}`.execute(tx);
  });

/** Merges into the account's secrets, under its lock. */
export async function keepSecrets(tx: Tx, vault: Vault, account: AccountId, secrets: JsonObject): Promise<void> {
  const row = await tx.selectFrom('accounts').select('secrets').where('id', '=', account).forUpdate().executeTakeFirstOrThrow();
  const merged = { ...openSecrets(vault, account, row.secrets), ...secrets };
  await tx
    .updateTable('accounts')
    .set({ secrets: vault.seal(JSON.stringify(merged), purpose(account)) })
    .where('id', '=', account)
    .execute();
}

export async function writeProgress(db: Db, account: AccountId, text: string, problem: string | undefined): Promise<void> {
  await db
    .updateTable('integrations')
    .set({ progress: text, problem: problem ?? null })
    .where('account_id', '=', account)
    .where('status', 'in', ['connecting', 'connected', 'removing'])
    .execute();
}

export async function keepComparison(db: Db, account: AccountId, comparison: Comparison): Promise<void> {
  await db
    .updateTable('accounts')
    .set({ comparison: json(comparison) })
    .where('id', '=', account)
    .execute();
}

/**
 * What is wanted of the account is there: connecting becomes connected, removing becomes removed. The grant goes last, with the
 * last integration.
 * @param leavesBehind things of ours are still there: what is known of them is kept for whoever connects the account again.
 */
export const markReconciled = (db: Db, account: AccountId, leavesBehind: boolean): Promise<void> =>
  db.transaction().execute(async (tx) => {
    // Connecting locks the account first, too: the grant that it brings must not be taken for that of the last who left.
    await tx.selectFrom('accounts').select('id').where('id', '=', account).forNoKeyUpdate().execute();
    await settle(tx, account, ['connecting', 'connected'], 'connected');
    await settle(tx, account, ['removing'], 'removed');
    const wanted = await tx
      .selectFrom('integrations')
      .select('id')
      .where('account_id', '=', account)
      .where('status', '!=', 'removed')
      .executeTakeFirst();
    if (wanted !== undefined) return;
    await tx.deleteFrom('grants').where('account_id', '=', account).execute();
    if (leavesBehind) return;
    await tx
      .updateTable('accounts')
      .set({ secrets: null, data: json({}) })
      .where('id', '=', account)
      .execute();
  });

const settle = (
  tx: Tx,
  account: AccountId,
  from: readonly IntegrationRow['status'][],
  to: 'connected' | 'removed',
): Promise<unknown> =>
  tx
    .updateTable('integrations')
    .set({ status: to, progress: null, problem: null })
    .where('account_id', '=', account)
    .where('status', 'in', from)
    .where((e) => e.or([e('status', '!=', to), e('progress', 'is not', null), e('problem', 'is not', null)]))
    .execute();

export const parkAccount = (db: Db, generations: readonly SeenGeneration[], reason: string, now: number): Promise<void> =>
  db.transaction().execute(async (tx) => {
    for (const { destination, generation } of generations) await parkDestination(tx, destination, generation, reason, now);
  });

export async function markPolled(db: Db, account: AccountId, until: number): Promise<void> {
  await db.updateTable('accounts').set({ polled_until: until }).where('id', '=', account).execute();
}
