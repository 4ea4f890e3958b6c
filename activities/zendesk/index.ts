import type { BusinessSystem } from '../business-system.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { changed } from './changed.ts';
import { baseUrl, TIMEOUT_MS } from './client.ts';
import { collect } from './collect.ts';
import { authorize, authorizeUrl, connectFields, disconnect, exchange, refresh } from './connect.ts';
import { find } from './find.ts';
import { perform } from './perform.ts';
import { TRUSTS_EMAIL } from './person.ts';
import { plan } from './plan.ts';
import { receive } from './receive.ts';
import { resources } from './resources.ts';
import { successor } from './successor.ts';
import { personNow } from './users.ts';

/** Zendesk Support: a ticket a conversation, a comment a batch. */
export const zendesk: BusinessSystem = {
  name: 'zendesk',
  facts: {
    label: 'Zendesk',
    about: 'Each conversation becomes a ticket. Agents answer it there, and what they send publicly arrives in the app.',
    shares: 'the webhook and the trigger',
    takes: ['appUser', 'appMaker'],
    windowMs: 5 * SECOND,
    batchLimit: { messages: 100, bytes: 200_000 },
    threads: true,
    threadWord: 'ticket',
    threadIdField: 'ticketId',
    budgets: {
      thread: { count: 15, periodMs: 10 * MINUTE },
      // The smallest plan takes 200 calls a minute; a live answer that says no pauses the account.
      account: {
        api: { intervalMs: 100, burst: 100 },
        users: { intervalMs: SECOND, burst: 1 },
        tickets: { intervalMs: 600, burst: 50 },
        exports: { intervalMs: 6 * SECOND, burst: 5 },
      },
    },
    readBack: 'exact',
    settleMs: 30 * SECOND,
    requestTimeoutMs: TIMEOUT_MS,
    fallbacks: ['plain', 'missing'],
    connectFlow: { kind: 'oauth', fields: connectFields },
    settings: [
      {
        name: TRUSTS_EMAIL,
        label: 'We verify our users’ e-mail addresses',
        help: 'An app user is the end user at Zendesk who has the same address. Leave it off unless your app proves who owns an address: otherwise anybody could write, and be answered, as somebody else.',
        type: 'toggle',
        default: false,
      },
    ],
    operatorSettings: [
      {
        env: 'ZENDESK_URL',
        name: 'url',
        help: 'Where Zendesk is, with {subdomain} in it.',
        required: false,
        secret: false,
        default: 'https://{subdomain}.zendesk.com',
      },
      {
        env: 'ZENDESK_CLIENT_ID',
        name: 'clientId',
        help: 'A global OAuth client for all subdomains.',
        required: false,
        secret: false,
      },
      { env: 'ZENDESK_CLIENT_SECRET', name: 'clientSecret', help: 'Its secret.', required: false, secret: true },
    ],
  },
  connect: { authorizeUrl, exchange, disconnect },
  plan,
  perform,
  find,
  authorize,
  refresh,
  receive,
  retryStatus: 409,
  collect,
  successor,
  personNow,
  changed,
  resources,
  threadUrl: ({ remoteId }, account) => `${baseUrl(account, account.key)}/agent/tickets/${remoteId}`,
};
