import { z } from 'zod';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { ZendeskControl } from '../../../src/sandbox/zendesk/control/control.ts';

const RawTrigger = z.looseObject({
  id: z.number(),
  title: z.string(),
  active: z.boolean(),
  conditions: z.object({ all: z.array(z.json()), any: z.array(z.json()) }),
  actions: z.array(z.json()),
});
export type RawTrigger = z.infer<typeof RawTrigger>;

/** What an administrator of a Zendesk can see and do there, over its API. */
export interface Admin {
  triggers(): Promise<readonly RawTrigger[]>;
  trigger(title: string): Promise<RawTrigger>;
  webhooks(): Promise<readonly { readonly id: string; readonly name: string; readonly status: string }[]>;
  createTrigger(trigger: JsonObject): Promise<RawTrigger>;
  changeTrigger(title: string, change: (trigger: RawTrigger) => JsonObject): Promise<void>;
  deleteTrigger(title: string): Promise<void>;
  call(method: string, path: string, body?: JsonObject): Promise<unknown>;
}

/** What our condition looks like in Zendesk. */
export const SPARED = { field: 'current_tags', operator: 'not_includes', value: 'smooch' };

/** A trigger that mails the requester, as people make them. */
export const mailing = (title: string, more: JsonObject = {}): JsonObject => ({
  title,
  conditions: { all: [{ field: 'update_type', operator: 'is', value: 'Change' }], any: [] },
  actions: [{ field: 'notification_user', value: ['requester_id', 'News', 'of {{ticket.id}}'] }],
  ...more,
});

export function adminOf(control: ZendeskControl): Admin {
  const call = async (method: string, path: string, body?: JsonObject): Promise<unknown> => {
    const headers = { authorization: `Bearer ${await control.adminToken()}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${control.url}/api/v2${path}`, { method, headers, ...sent });
    if (!answer.ok) throw new Error(`${method} ${path} is answered ${answer.status}: ${await answer.text()}`);
    const text = await answer.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  const triggers = async (): Promise<readonly RawTrigger[]> =>
    z.object({ triggers: z.array(RawTrigger) }).parse(await call('GET', '/triggers?page[size]=100')).triggers;
  const trigger = async (title: string): Promise<RawTrigger> => {
    const found = (await triggers()).find((one) => one.title === title);
    if (found === undefined) throw new Error(`there is no trigger '${title}'`);
    return found;
  };
  return {
    call,
    triggers,
    trigger,
    webhooks: async () =>
      z
        .object({ webhooks: z.array(z.object({ id: z.string(), name: z.string(), status: z.string() })) })
        .parse(await call('GET', '/webhooks')).webhooks,
    createTrigger: async (given) =>
      z.object({ trigger: RawTrigger }).parse(await call('POST', '/triggers', { trigger: given })).trigger,
    changeTrigger: async (title, change) => {
      const found = await trigger(title);
      await call('PUT', `/triggers/${found.id}`, { trigger: change(found) });
    },
    deleteTrigger: async (title) => void (await call('DELETE', `/triggers/${(await trigger(title)).id}`)),
  };
}
