import type { Accounts } from '../../accounts.ts';
import type { SandboxClock } from '../../clock.ts';
import type { AccountState } from '../account/session.ts';
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
export interface Deliverer {
  /** Looks for due calls now. */
  readonly kick: () => void;
  /** Ends the calls under way; they are made again after the next start. */
  close(): Promise<void>;
}

const POLL_MS = 250;
const ignore = (): void => undefined;

export function startDeliverer(deps: DelivererDeps): Deliverer {
  const running = new Map<string, Promise<void>>();
  const closing = new AbortController();
  let looking: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    const due = await deps.accounts.due(deliveries, deps.clock.now());
    for (const { account, doc } of due.toSorted((a, b) => a.doc.due_at - b.doc.due_at || a.doc.id - b.doc.id)) {
      const key = `${account}/${doc.id}`;
      if (closing.signal.aborted || running.has(key)) continue;
      const done = deliver(deps, account, doc, closing.signal).finally(() => running.delete(key));
      // Not awaited: a slow receiver must not hold up the others. What fails here is due again at the next poll.
      running.set(key, done.then(kick, ignore));
    }
  };
  const kick = (): void => {
    if (closing.signal.aborted) return;
    looking ??= look()
      .catch(ignore)
      .finally(() => {
        looking = undefined;
      });
  };
  const timer = setInterval(kick, POLL_MS);
  timer.unref();
  return {
    kick,
    async close() {
      closing.abort();
      clearInterval(timer);
      await looking;
      await Promise.all(running.values());
    },
  };
}

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
