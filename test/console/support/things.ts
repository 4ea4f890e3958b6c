import type { ApiServer } from '../../api/support/api-server.ts';
import type { TestApi } from '../../api/support/an-api.ts';
import { say } from '../../api/support/an-api.ts';
import { connectAccount, openThread } from '../../api/support/connected-account.ts';
import type { ConnectedAccount } from '../../api/support/connected-account.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';

/** An app in which there is something of everything to see. */
export interface Things {
  readonly home: string;
  readonly conversation: ConversationId;
  readonly refused: ConnectedAccount;
  readonly parked: ConnectedAccount;
  readonly removed: ConnectedAccount;
  readonly webhook: string;
}

/** One conversation, of which one message was refused; a parked account, a removed one, a webhook. */
export async function manyThings(api: TestApi): Promise<Things> {
  const { db, app, clock } = api();
  const [refused, parked, removed] = [
    await connectAccount(api(), { key: 'acme' }),
    await connectAccount(api(), { key: 'broken' }),
    await connectAccount(api(), { key: 'gone' }),
  ];
  const hook = await api.send('POST', '/webhooks', { target: 'https://shop.example/hook', triggers: ['message:appMaker'] });
  await api.send('POST', '/appusers', { userId: 'ann', givenName: 'Ann', surname: 'Lee', email: 'ann@example.com' });
  await say(api.send, 'ann', 'Hello?');
  const conversation = await openThread(api(), refused, { user: 'ann', remoteId: '4711' });
  await refuse(api(), refused, conversation);
  await db
    .updateTable('destinations')
    .set({ parked_generation: 1, parked_reason: 'Zendesk no longer honours our access', parked_at: clock.now() })
    .where('id', '=', parked.destination)
    .execute();
  await db.updateTable('destinations').set({ removed_at: clock.now() }).where('id', '=', removed.destination).execute();
  await db.updateTable('integrations').set({ status: 'removed' }).where('id', '=', removed.integration).execute();
  return { home: `/console/apps/${app.appId}`, conversation, refused, parked, removed, webhook: hook.at('webhook', '_id') };
}

/** Says something of which one destination wants to know nothing. */
export async function refuse({ db }: ApiServer, { destination }: ConnectedAccount, conversation: ConversationId): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ state: 'parked', problem: 'Zendesk answers 422: too long' })
    .where('conversation_id', '=', conversation)
    .where('destination_id', '=', destination)
    .execute();
}
