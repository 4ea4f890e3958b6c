import { systemNamed } from '../../../activities/systems.ts';
import { putGrant } from '../../../src/db/accounts/grants.ts';
import { keepOfAccount } from '../../../src/db/accounts/accounts.ts';
import { newId } from '../../../src/db/new-id.ts';
import { findAppUser } from '../../../src/db/app-users.ts';
import type { AccountId, ConversationId, DestinationId, IntegrationId, ThreadId } from '../../../src/domain/ids.ts';
import type { ApiServer } from './api-server.ts';

export interface ConnectedAccount {
  readonly account: AccountId;
  readonly integration: IntegrationId;
  readonly destination: DestinationId;
}

/** An account of the first app, as connecting and setting it up leave it. */
export async function connectAccount(
  api: ApiServer,
  wanted: { readonly key: string; readonly system?: string; readonly signingSecret?: string },
): Promise<ConnectedAccount> {
  const { db, vault, clock, app } = api;
  const [account, integration, destination] = [newId<AccountId>(), newId<IntegrationId>(), newId<DestinationId>()];
  const { system = 'zendesk', key } = wanted;
  const now = clock.now();
  const label = `${system} ${key}`;
  await db.insertInto('accounts').values({ id: account, system, key }).execute();
  await putGrant(db, vault, account, { credentials: { accessToken: 'token' } }, now);
  await keepOfAccount(db, vault, account, {}, { signingSecret: wanted.signingSecret ?? 'signing secret' });
  await db
    .insertInto('integrations')
    .values({
      id: integration,
      app_id: app.appId,
      account_id: account,
      system,
      status: 'connected',
      display_name: label,
      created_at: now,
      connecting_since: now,
    })
    .execute();
  await db
    .insertInto('destinations')
    .values({
      id: destination,
      app_id: app.appId,
      account_id: account,
      integration_id: integration,
      system,
      label,
      takes: [...(systemNamed(system)?.facts.takes ?? ['appUser', 'appMaker'])],
      window_ms: 5_000,
      created_at: now,
    })
    .execute();
  return { account, integration, destination };
}

/** A thread of an app user there. @returns the conversation. */
export async function openThread(
  api: ApiServer,
  { account, destination }: ConnectedAccount,
  thread: { readonly user: string; readonly remoteId: string; readonly state?: 'open' | 'closed' },
): Promise<ConversationId> {
  const user = await findAppUser(api.db, api.app.appId, thread.user);
  if (user === undefined) throw new Error('there is no such app user');
  await api.db
    .insertInto('threads')
    .values({
      id: newId<ThreadId>(),
      account_id: account,
      conversation_id: user.conversation,
      destination_id: destination,
      remote_id: thread.remoteId,
      label: `ticket ${thread.remoteId}`,
      state: thread.state ?? 'open',
      cursor: null,
      created_at: api.clock.now(),
    })
    .execute();
  return user.conversation;
}
