import type { BusinessSystem } from '../business-system.ts';
import { textOf } from '../../src/domain/json.ts';
import { SECOND } from '../../src/domain/time.ts';
import { TIMEOUT_MS, slackUrl } from './client.ts';
import { collect } from './collect.ts';
import { authorize, authorizeUrl, connectFields, disconnect, exchange, refresh } from './connect.ts';
import { find } from './find.ts';
import { learn } from './learn.ts';
import { budgets } from './limits.ts';
import { perform } from './perform.ts';
import { choices, configure } from './place.ts';
import { plan } from './plan.ts';
import { answer, identify, receive } from './receive.ts';
import { resources } from './resources.ts';
import { listener } from './socket.ts';

/** Slack: a channel a person. What is said there stays there; the command sends words to the person. */
export const slack: BusinessSystem = {
  name: 'slack',
  facts: {
    label: 'Slack',
    about: 'Each person gets a channel. What is said there stays in the team; a command sends an answer to the app.',
    takes: ['appUser', 'appMaker', 'profile'],
    windowMs: 2 * SECOND,
    batchLimit: { messages: 50, bytes: 60_000 },
    threads: true,
    threadWord: 'channel',
    threadIdField: 'channelId',
    budgets,
    readBack: 'exact',
    settleMs: 30 * SECOND,
    requestTimeoutMs: TIMEOUT_MS,
    fallbacks: ['plain', 'missing'],
    connectFlow: { kind: 'oauth', fields: connectFields },
    settings: [
      {
        name: 'dispatchChannel',
        label: 'Dispatch channel',
        help: 'Where new conversations are told of; while none is chosen, in the general channel. To choose another one, invite the Slack app to it first.',
        type: 'choice',
      },
    ],
    operatorSettings: [
      { env: 'SLACK_URL', name: 'url', help: 'Where Slack is.', required: false, secret: false, default: 'https://slack.com' },
      {
        env: 'SLACK_CLIENT_ID',
        name: 'clientId',
        help: 'The client ID of a Slack app for all workspaces. See docs/slack.md.',
        required: false,
        secret: false,
      },
      { env: 'SLACK_CLIENT_SECRET', name: 'clientSecret', help: 'Its client secret.', required: false, secret: true },
      {
        env: 'SLACK_SIGNING_SECRET',
        name: 'signingSecret',
        help: 'Its signing secret. While it is being changed: both, with a comma between.',
        required: false,
        secret: true,
      },
      {
        env: 'SLACK_APP_TOKEN',
        name: 'appToken',
        help: 'Its app-level token (xapp-…), to hear from Slack over Socket Mode instead of public addresses.',
        required: false,
        secret: true,
      },
      {
        env: 'SLACK_COMMAND',
        name: 'command',
        help: 'The command that sends an answer, as the Slack app declares it.',
        required: false,
        secret: false,
        default: '/sk',
      },
    ],
  },
  connect: { authorizeUrl, exchange, disconnect, choices, configure },
  plan,
  perform,
  find,
  learn,
  authorize,
  refresh,
  identify,
  receive,
  answer,
  listener,
  collect,
  resources,
  threadName: ({ data }) => (textOf(data, 'name') === '' ? undefined : `#${textOf(data, 'name')}`),
  // Leads to wherever the person has Slack open, the app or the web.
  threadUrl: ({ remoteId }, account) => `${slackUrl(account)}/app_redirect?team=${account.key}&channel=${remoteId}`,
};
