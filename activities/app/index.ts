import type { BusinessSystem } from '../business-system.ts';
import { DAY, SECOND } from '../../src/domain/time.ts';
import { authorize, perform } from './perform.ts';
import { plan } from './plan.ts';

/**
 * The app's own webhooks, as a system like the others: each webhook is an account with one destination.
 *
 * A receiver that answers twice to the same message knows it by its `_id`, so an unknown outcome is simply repeated.
 */
export const app: BusinessSystem = {
  name: 'app',
  facts: {
    label: 'Webhook',
    takes: ['appUser', 'appMaker'],
    windowMs: 0,
    batchLimit: { messages: 20, bytes: 90_000 },
    threads: false,
    threadWord: 'webhook',
    budgets: { account: {} },
    readBack: 'none',
    settleMs: 0,
    requestTimeoutMs: 20 * SECOND,
    fallbacks: [],
    patienceMs: 3 * DAY,
    connectFlow: { kind: 'none' },
    settings: [],
    operatorSettings: [],
  },
  connect: {},
  plan,
  perform,
  find: () => Promise.resolve(undefined),
  authorize,
  receive: () => [{ kind: 'ignored', reason: 'webhooks only listen' }],
};
