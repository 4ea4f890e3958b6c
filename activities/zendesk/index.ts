import type { BusinessSystem } from '../business-system.ts';
import { SECOND } from '../../src/domain/time.ts';
import { changed } from './changed.ts';
import { baseUrl, TIMEOUT_MS } from './client.ts';
import { collect } from './collect.ts';
import { authorize, authorizeUrl, connectFields, disconnect, exchange } from './connect.ts';
import { find } from './find.ts';
import { budgetsOf, learn } from './limits.ts';
import { perform } from './perform.ts';
import { TRUSTS_EMAIL } from './person.ts';
import { plan } from './plan.ts';
import { receive } from './receive.ts';
import { resources } from './resources.ts';
import { successor } from './successor.ts';
import { refresh } from './tokens.ts';
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
    budgets: budgetsOf({ key: '', data: {}, operator: {} }),
    readBack: 'exact',
    settleMs: 30 * SECOND,
    requestTimeoutMs: TIMEOUT_MS,
    fallbacks: ['plain', 'missing'],
    connectFlow: { kind: 'oauth', fields: connectFields, accountField: 'subdomain' },
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
      {
        env: 'ZENDESK_TICKET_UPDATES',
        name: 'ticketUpdates',
        help: 'How many updates Zendesk takes on a ticket in ten minutes, until its answers say so themselves.',
        required: false,
        secret: false,
        default: '15',
      },
    ],
  },
  connect: { authorizeUrl, exchange, disconnect },
  budgetsOf,
  learn,
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
