import { TRIGGERS } from '../../api/webhooks/triggers.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';

/** What a form shows. */
export interface WebhookShown {
  readonly target: string;
  readonly triggers: readonly string[];
  readonly includeClient: boolean;
  readonly includeFullAppUser: boolean;
}

/** What Deskbridge has something to say about; the rest of the vocabulary is kept for clients that ask for it. */
const COMMON = ['message', 'message:appUser', 'message:appMaker', '*'];

/** What was typed, as a body of the API is. */
export const bodyOf = (form: URLSearchParams): Readonly<Record<string, unknown>> => ({
  target: (form.get('target') ?? '').trim(),
  triggers: form.getAll('triggers'),
  includeClient: form.get('includeClient') === 'true',
  includeFullAppUser: form.get('includeFullAppUser') === 'true',
});

export const shownOf = (form: URLSearchParams): WebhookShown => ({
  target: form.get('target') ?? '',
  triggers: form.getAll('triggers'),
  includeClient: form.get('includeClient') === 'true',
  includeFullAppUser: form.get('includeFullAppUser') === 'true',
});

/** The fields of a webhook. */
export const webhookFields = (shown: WebhookShown, problem?: string): Html =>
  html`${problem !== undefined && html`<p class="flash bad" role="alert">${problem}</p>`}
    <div class="field">
      <label for="target">Target</label>
      <input id="target" name="target" type="url" required value="${shown.target}" placeholder="https://…" />
      <p class="help">Where your app listens. Requests carry the webhook's secret in <code>X-API-Key</code>.</p>
    </div>
    <fieldset>
      <legend>Events</legend>
      ${[...new Set([...COMMON, ...shown.triggers])]
        .filter((name) => TRIGGERS.some((known) => known === name))
        .map((name) => checkbox('triggers', name, shown.triggers.includes(name), name === '*' ? 'everything' : name))}
    </fieldset>
    <fieldset>
      <legend>What comes along</legend>
      ${checkbox('includeFullAppUser', 'true', shown.includeFullAppUser, "the app user's whole profile")}
      ${checkbox('includeClient', 'true', shown.includeClient, "the app user's client")}
    </fieldset>`;

const checkbox = (name: string, value: string, isOn: boolean, text: string): Html =>
  html`<label><input type="checkbox" name="${name}" value="${value}" ${isOn && html`checked`} /> ${text}</label>`;
