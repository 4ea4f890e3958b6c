import { sql } from 'kysely';
import type { BusinessSystem } from '../../../activities/business-system.ts';
import type { Connected } from '../../../activities/connect.ts';
import type { AccountId, AppId, DestinationId, IntegrationId } from '../../domain/ids.ts';
import type { Vault } from '../../secrets.ts';
import { keepSecrets } from '../accounts/accounts.ts';
import { putGrant } from '../accounts/grants.ts';
import { json } from '../db.ts';
import type { Tx } from '../db.ts';
import { newId } from '../new-id.ts';

/** What becomes of messages that wait for an account which is connected again. */
export type Held = 'deliver' | 'discard';

export interface NewConnection {
  readonly app: AppId;
  readonly system: Pick<BusinessSystem, 'name' | 'facts'>;
  readonly connected: Connected;
  /** What a new integration is called. One that was there keeps its id. */
  readonly integration: IntegrationId;
  /** Default: they are delivered. */
  readonly held?: Held;
  readonly now: number;
}

/**
 * Keeps what connecting found out: the account, its new grant, the app's integration and its destination. Connecting again is the
 * repair of everything on that account that was parked, and revives what the app had removed.
 * @returns the integration's id.
 */
export async function storeConnected(tx: Tx, vault: Vault, connection: NewConnection): Promise<IntegrationId> {
  const { connected, now } = connection;
  const account = await keepAccount(tx, connection);
  await putGrant(tx, vault, account, connected.grant, now);
  if (connected.secrets !== undefined) await keepSecrets(tx, vault, account, connected.secrets);
  const integration = await keepIntegration(tx, connection, account);
  await keepDestination(tx, connection, { account, integration });
  await repairOthers(tx, account, integration);
  return integration;
}

/** First of all, because it locks the account against whoever ends it at the same time. */
async function keepAccount(tx: Tx, { system, connected }: NewConnection): Promise<AccountId> {
  const { id } = await tx
    .insertInto('accounts')
    .values({ id: newId<AccountId>(), system: system.name, key: connected.accountKey, data: json(connected.data) })
    .onConflict((conflict) => conflict.columns(['system', 'key']).doUpdateSet({ data: sql`accounts.data || excluded.data` }))
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function keepIntegration(tx: Tx, connection: NewConnection, account: AccountId): Promise<IntegrationId> {
  const { app, system, connected, now } = connection;
  const state = {
    status: 'connecting' as const,
    display_name: connected.displayName,
    progress: null,
    problem: null,
    connecting_since: now,
  };
  const { id } = await tx
    .insertInto('integrations')
    .values({ id: connection.integration, app_id: app, account_id: account, system: system.name, created_at: now, ...state })
    .onConflict((conflict) => conflict.columns(['app_id', 'account_id']).doUpdateSet(state))
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function keepDestination(
  tx: Tx,
  { app, system, connected, held, now }: NewConnection,
  of: { readonly account: AccountId; readonly integration: IntegrationId },
): Promise<void> {
  if (held === 'discard') await discardHeld(tx, of.integration);
  const revived = await sql`
    update destinations set removed_at = null, label = ${connected.displayName}, failing_since = null,
      generation = greatest(generation, parked_generation) + 1
    where integration_id = ${of.integration} returning id`.execute(tx);
  if (revived.rows.length > 0) return;
  await tx
    .insertInto('destinations')
    .values({
      id: newId<DestinationId>(),
      app_id: app,
      account_id: of.account,
      integration_id: of.integration,
      system: system.name,
      label: connected.displayName,
      takes: [...system.facts.takes],
      window_ms: system.facts.windowMs,
      created_at: now,
    })
    .execute();
}

/** What is being written is finished all the same: nobody knows how much of it has arrived. */
const discardHeld = (tx: Tx, integration: IntegrationId): Promise<unknown> =>
  sql`
    update deliveries m set state = 'dead', problem = 'discarded when the account was connected again'
    from destinations d
    where d.integration_id = ${integration} and (d.removed_at is not null or d.parked_generation >= d.generation)
      and m.destination_id = d.id and m.state in ('waiting', 'parked')`.execute(tx);

/** The account has a grant that works again: what was parked for want of one goes on, whichever app it belongs to (rule R8). */
const repairOthers = (tx: Tx, account: AccountId, integration: IntegrationId): Promise<unknown> =>
  sql`
    update destinations set generation = parked_generation + 1, failing_since = null
    where account_id = ${account} and integration_id is distinct from ${integration} and parked_generation >= generation`.execute(
    tx,
  );
