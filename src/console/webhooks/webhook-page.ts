import { recentDeliveries } from '../../db/console/deliveries.ts';
import type { WebhookDelivery } from '../../db/console/deliveries.ts';
import { webhookStates } from '../../db/console/webhooks.ts';
import type { WebhookState } from '../../db/console/webhooks.ts';
import type { StoredWebhook } from '../../db/webhooks/read.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { seqRanges } from '../../domain/seq-ranges.ts';
import { ask } from '../parts/ask.ts';
import { counted } from '../parts/counted.ts';
import { pill } from '../parts/pill.ts';
import { timeOf } from '../parts/time.ts';
import { page } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';
import { shownOf, webhookFields } from './webhook-form.ts';
import { webhookWord } from './webhook-list.ts';

const MOST = 30;

/** One webhook: how it fares, what it hears, what was sent to it. @param problem what was wrong with the last change. */
export async function webhookPage(visit: AppVisit, webhook: StoredWebhook, problem?: string): Promise<Reply> {
  const { deps, app, home, csrf, form } = visit;
  const href = `${home}/webhooks/${webhook.id}`;
  const state = (await webhookStates(deps.db, app.id)).find(({ id }) => id === webhook.id);
  const lost = (state?.held ?? 0) + (state?.refused ?? 0);
  const deliveries = await recentDeliveries(deps.db, webhook.destination, MOST);
  const shown = { ...webhook, includeClient: webhook.include_client, includeFullAppUser: webhook.include_full_app_user };
  return page({
    title: webhook.target,
    section: 'webhooks',
    up: { text: 'Webhooks', href: `${home}/webhooks` },
    ...(problem !== undefined && { status: 400 }),
    body: html`<div id="state" data-live>${state !== undefined && stateCard(state, home)}</div>
      <section class="section">
        <h2>Recent deliveries</h2>
        <div id="deliveries" data-live>${deliveries.length === 0 ? NONE : table(deliveries, { home, href, csrf })}</div>
      </section>
      <section class="section card">
        <h2>What it hears</h2>
        <form method="post" action="${href}" class="fields">
          ${csrf} ${webhookFields(problem === undefined ? shown : shownOf(form), problem)}
          <button class="primary">Save</button>
        </form>
      </section>
      <section class="section card stack">
        <h2>Secret</h2>
        <p class="quiet">It was shown when the webhook was made. Whoever lost it gets a new one.</p>
        ${ask({
          button: 'New secret…',
          question:
            'Requests carry the new secret at once. A receiver that still expects the old one refuses them until you tell it.',
          yes: 'Make a new secret',
          action: `${href}/secret`,
          csrf,
        })}
      </section>
      <section class="section">
        ${ask({
          button: 'Delete the webhook…',
          question: `Nothing more is sent to it${lost > 0 ? `; ${counted(lost, 'message')} will never arrive there` : ''}.`,
          yes: 'Delete the webhook',
          action: `${href}/delete`,
          csrf,
        })}
      </section>`,
  });
}

const NONE = html`<p class="quiet">Nothing was sent yet.</p>`;

function stateCard(state: WebhookState, home: string): Html {
  const { parkedReason, parkedAt, failingSince, held, refused } = state;
  return html`<div class="card stack">
    <p class="row">
      ${pill(...webhookWord(state))} ${held > 0 && html`<span class="quiet">${counted(held, 'message')} waiting</span>`}
      ${refused > 0 && html`<a href="${home}/parked">${counted(refused, 'message')} refused</a>`}
    </p>
    ${
      parkedReason !== null &&
      html`<p>
        ${parkedReason}${parkedAt !== null && html` (since ${timeOf(parkedAt)})`}. Nothing is lost: saving below, also without a
        change, delivers what is held.
      </p>`
    }
    ${parkedReason === null && failingSince !== null && html`<p>No success since ${timeOf(failingSince)}. It is tried again by itself.</p>`}
  </div>`;
}

interface Around {
  readonly home: string;
  readonly href: string;
  readonly csrf: Html;
}

const table = (deliveries: readonly WebhookDelivery[], around: Around): Html =>
  html`<div class="table">
    <table>
      <thead>
        <tr>
          <th>When</th>
          <th>What</th>
          <th>Tried</th>
          <th>Outcome</th>
          <th></th>
        </tr>
      </thead>
      <tbody>
        ${deliveries.map((delivery) => row(delivery, around))}
      </tbody>
    </table>
  </div>`;

const row = (delivery: WebhookDelivery, { home, href, csrf }: Around): Html =>
  html`<tr>
    <td>${timeOf(delivery.openedAt)}</td>
    <td>
      ${delivery.summary.replace(/^post /, '')}
      <a href="${home}/conversations/${delivery.conversation}"
        >${delivery.seqs.length === 1 ? 'message' : 'messages'} ${seqRanges(delivery.seqs)}</a
      >
    </td>
    <td>${counted(delivery.attempts, 'attempt')}</td>
    <td>${outcomeOf(delivery)}</td>
    <td class="end">
      ${
        delivery.state === 'done' &&
        html`<form method="post" action="${href}/resend">
          ${csrf} <input type="hidden" name="effect" value="${delivery.effect}" /> <button class="small">Send again</button>
        </form>`
      }
    </td>
  </tr>`;

function outcomeOf({ outcome, state }: WebhookDelivery): Html {
  if (outcome === 'done') return pill('good', 'taken');
  if (outcome !== null) return html`${pill('bad', 'not taken')} ${outcome}`;
  return state === 'planned' ? pill('calm', 'planned') : pill('busy', 'no answer yet');
}
