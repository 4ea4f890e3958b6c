import { z } from 'zod';
import type { Api } from '../business-system.ts';
import type { Applied, Wanted } from '../resources.ts';
import { DestinationGone, Refused } from '../system-error.ts';
import { Nothing } from './answers.ts';
import { callZendesk, sentence } from './client.ts';
import { pagesOf } from './pages.ts';

const Webhook = z.object({
  id: z.string(),
  name: z.string(),
  endpoint: z.string(),
  status: z.string(),
  http_method: z.string(),
  request_format: z.string(),
});
export type Webhook = z.infer<typeof Webhook>;

const WebhookAnswer = z.object({ webhook: Webhook });
const WebhooksAnswer = z.object({
  webhooks: z.array(Webhook),
  meta: z.object({ has_more: z.boolean(), after_cursor: z.string().nullish() }).optional(),
});
const SecretAnswer = z.object({ signing_secret: z.object({ secret: z.string() }) });

/** Every installation's webhook is called so, with its own name in brackets behind it. */
const NAME = 'Deskbridge';
const nameOf = (wanted: Wanted): string => `${NAME} (${wanted.installation})`;

/** Deskbridge's webhooks on an account. */
export interface Webhooks {
  /** This installation's: the one we know, else the one that bears its name. */
  readonly ours: Webhook | undefined;
  /** Others that bear its name: made when an answer got lost, or copied by somebody. */
  readonly spare: readonly Webhook[];
  /** Whether another installation is at work on this account, too. */
  readonly hasCompany: boolean;
}

export async function readWebhooks(wanted: Wanted, api: Api): Promise<Webhooks> {
  const all: Webhook[] = [];
  for await (const page of pagesOf(api, { path: '/api/v2/webhooks?sort=name' }, WebhooksAnswer)) all.push(...page.webhooks);
  const named = all.filter(({ name }) => name === nameOf(wanted));
  const ours = all.find(({ id }) => id === wanted.secrets['signingSecretOf']) ?? named[0];
  return {
    ours,
    spare: named.filter(({ id }) => id !== ours?.id),
    hasCompany: all.some(({ name }) => name.startsWith(`${NAME} (`) && name !== nameOf(wanted)),
  };
}

/** @see https://developer.zendesk.com/api-reference/webhooks/webhooks-api/webhooks/ */
const wantedWebhook = (wanted: Wanted) => ({
  name: nameOf(wanted),
  endpoint: wanted.hookUrl,
  http_method: 'POST',
  request_format: 'json',
  status: 'active',
  subscriptions: ['conditional_ticket_events'],
});

/** What somebody changed about our webhook, in words. */
export function faultOf(webhook: Webhook, wanted: Wanted): string | undefined {
  if (webhook.endpoint !== wanted.hookUrl) return 'it calls another address';
  if (webhook.status !== 'active') return 'it is switched off';
  return webhook.http_method === 'POST' && webhook.request_format === 'json' ? undefined : 'it calls us in another way';
}

/** Someone may have created it since the plan: nothing is made twice. */
export async function createWebhook(wanted: Wanted, api: Api): Promise<Applied> {
  if ((await readWebhooks(wanted, api)).ours !== undefined) return {};
  const body = { webhook: wantedWebhook(wanted) };
  try {
    await callZendesk(api, { method: 'POST', path: '/api/v2/webhooks', body }, WebhookAnswer);
    return {};
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof DestinationGone)) throw error;
    throw new Refused(`Zendesk does not let us create a webhook: ${sentence(error.message)} ${adviceOn(wanted)}`, {
      cause: error,
    });
  }
}

function adviceOn({ hookUrl }: Wanted): string {
  const advice =
    'See in Admin Center → Apps and integrations → Webhooks whether there are too many (a trial takes ten) and delete one; see whether the user who connected may manage webhooks.';
  const { protocol, origin } = new URL(hookUrl);
  return protocol === 'https:'
    ? advice
    : `${advice} Zendesk calls https addresses only, too, and PUBLIC_URL of this installation is ${origin}.`;
}

export async function repairWebhook(id: string, wanted: Wanted, api: Api): Promise<Applied> {
  // The kind of subscription cannot be changed, so it is not sent.
  const { subscriptions: _, ...webhook } = wantedWebhook(wanted);
  await callZendesk(api, { method: 'PATCH', path: `/api/v2/webhooks/${id}`, body: { webhook } }, Nothing);
  return {};
}

export async function signingSecretOf(webhook: Webhook, api: Api): Promise<string> {
  const { body } = await callZendesk(api, { method: 'GET', path: `/api/v2/webhooks/${webhook.id}/signing_secret` }, SecretAnswer);
  return body.signing_secret.secret;
}

/** What is under way with the former secret is still taken. */
export async function readSecret(wanted: Wanted, api: Api): Promise<Applied> {
  const { ours } = await readWebhooks(wanted, api);
  if (ours === undefined) return {};
  const former = wanted.secrets['signingSecret'];
  const secrets = { signingSecret: await signingSecretOf(ours, api), signingSecretOf: ours.id };
  return { secrets: typeof former === 'string' ? { ...secrets, formerSigningSecret: former } : secrets };
}
