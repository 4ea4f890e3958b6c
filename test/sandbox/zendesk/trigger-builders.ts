import type { Api } from './api.ts';

/** Makes a webhook for triggers and answers its id. */
export async function aWebhook(api: Api, endpoint: string, extra: object = {}): Promise<string> {
  const webhook = {
    name: 'Bridge',
    endpoint,
    http_method: 'POST',
    request_format: 'json',
    status: 'active',
    subscriptions: ['conditional_ticket_events'],
    ...extra,
  };
  return String((await api.post('/webhooks', { webhook })).at('webhook', 'id'));
}

export interface TriggerParts {
  readonly all?: readonly object[];
  readonly any?: readonly object[];
  readonly actions?: readonly object[];
}

/** A trigger that adds the tag "fired", unless told otherwise. */
export const aTrigger = ({ all = [], any = [], actions = [{ field: 'current_tags', value: 'fired' }] }: TriggerParts) => ({
  trigger: { title: 'Test', conditions: { all, any }, actions },
});

export const is = (field: string, value: unknown) => ({ field, operator: 'is', value });

/** The trigger of the bridge: agents' public replies on tagged tickets go to a webhook. */
export const bridgeTrigger = (webhookId: string, body: string) =>
  aTrigger({
    all: [
      is('update_type', 'Change'),
      { field: 'current_tags', operator: 'includes', value: 'smooch' },
      is('comment_is_public', 'true'),
      is('role', 'agent'),
    ],
    actions: [{ field: 'notification_webhook', value: [webhookId, body] }],
  });
