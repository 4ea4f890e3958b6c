import { takeFault } from '../../faults.ts';
import type { ZendeskSession } from '../account/session.ts';
import { deliveries, type Invocation, invocations } from './invocation.ts';
import { ulid } from './ulid.ts';
import { isForTriggers, webhooks } from './webhook.ts';

/**
 * Has a webhook called once the transaction is committed, with the faults that are scripted for it.
 * @returns whether it will be called: an inactive or deleted one is not
 */
export async function callWebhook(session: ZendeskSession, webhookId: string, body: string): Promise<boolean> {
  const webhook = await session.store.get(webhooks, webhookId);
  if (!webhook || webhook.status !== 'active' || !isForTriggers(webhook)) return false;
  const target = { on: 'outgoing', method: webhook.http_method, path: new URL(webhook.endpoint).pathname } as const;
  const fault = await takeFault(session.store, target);
  const invocation: Invocation = {
    id: ulid(session.now),
    seq: session.nextId(),
    webhook_id: webhook.id,
    status: fault?.kind === 'lost' ? 'lost' : 'pending',
    url: webhook.endpoint,
    body,
    created_at: session.now,
    completed_at: null,
    attempts: [],
  };
  await session.store.put(invocations, invocation);
  if (fault?.kind === 'lost') return true;
  const dueAt = session.now + session.state.settings.webhookDelayMs + (fault?.kind === 'delay' ? fault.ms : 0);
  const copies = fault?.kind === 'duplicate' ? 2 : 1;
  for (let copy = 0; copy < copies; copy += 1) {
    await session.store.put(deliveries, { id: session.nextId(), invocation_id: invocation.id, due_at: dueAt });
  }
  return true;
}
