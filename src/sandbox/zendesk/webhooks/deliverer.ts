import type { Accounts } from '../../accounts.ts';
import type { SandboxClock } from '../../clock.ts';
import type { AccountState } from '../account/session.ts';
import { type DueWork, startDueWork } from '../../due-work.ts';
import { type Attempt, deliveries, type Delivery, type Invocation, invocations } from './invocation.ts';
import { type Outcome, postWebhook } from './post-webhook.ts';
import { retryDelay } from './retry.ts';
import { webhookHeaders } from './sign.ts';
import { ulid } from './ulid.ts';
import { webhooks } from './webhook.ts';

export interface DelivererDeps {
  readonly accounts: Accounts<AccountState>;
  readonly clock: SandboxClock;
}

/** Makes the calls that are due, in the background, each in its own time. */
export const startDeliverer = (deps: DelivererDeps): DueWork =>
  startDueWork({ ...deps, kind: deliveries, work: (account, doc, signal) => deliver(deps, account, doc, signal) });

async function deliver(deps: DelivererDeps, account: string, delivery: Delivery, signal: AbortSignal): Promise<void> {
  const { clock, accounts } = deps;
  const call = await accounts.read(account, async ({ store, state }) => {
    const invocation = await store.get(invocations, delivery.invocation_id);
    const webhook = invocation && (await store.get(webhooks, invocation.webhook_id));
    return { invocation, webhook, state };
  });
  if (!call.invocation || !call.webhook) {
    await accounts.write(account, ({ store }) => store.remove(deliveries, delivery.id));
    return;
  }
  const { id: invocationId, body } = call.invocation;
  const signing = { webhook: call.webhook, accountId: call.state.accountId, invocationId, body, now: clock.now() };
  const headers = webhookHeaders(signing);
  const outcome = await postWebhook({
    webhook: call.webhook,
    headers,
    body,
    timeoutMs: call.state.settings.webhookTimeoutMs,
    signal,
  });
  if (signal.aborted && outcome.status === null) return;
  await record(deps, account, delivery, outcome);
}

async function record(deps: DelivererDeps, account: string, delivery: Delivery, outcome: Outcome): Promise<void> {
  await deps.accounts.write(account, async ({ store, state, now }) => {
    const invocation = await store.get(invocations, delivery.invocation_id);
    if (!invocation) return;
    const attempt: Attempt = { id: ulid(now), at: now, ...outcome };
    const attempts = [...invocation.attempts, attempt];
    const delay = retryDelay(attempts, state.settings.webhookRetryMs);
    const isDone = outcome.status !== null && outcome.status >= 200 && outcome.status < 300;
    const failed = outcome.error === 'timeout' ? 'timeout' : 'failed';
    const status = isDone ? 'success' : delay === undefined ? failed : 'pending';
    const completed = status === 'pending' ? null : now;
    const next: Invocation = { ...invocation, attempts, status, completed_at: completed };
    await store.put(invocations, next);
    if (delay === undefined) await store.remove(deliveries, delivery.id);
    else await store.put(deliveries, { ...delivery, due_at: now + delay });
  });
}
