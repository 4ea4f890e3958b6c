import { webhookStates } from '../../db/console/webhooks.ts';
import type { WebhookState } from '../../db/console/webhooks.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { empty } from '../parts/empty.ts';
import { pill } from '../parts/pill.ts';
import type { Tone } from '../parts/pill.ts';
import { page } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';
import { shownOf, webhookFields } from './webhook-form.ts';

const NEW = { target: '', triggers: ['message:appMaker'], includeClient: false, includeFullAppUser: false };

/** The webhooks of the app, and the form that makes one. @param problem what was wrong with the last try. */
export async function listPage(visit: AppVisit, problem?: string): Promise<Reply> {
  const webhooks = await webhookStates(visit.deps.db, visit.app.id);
  return page({
    title: 'Webhooks',
    lead: 'Your app hears of messages by webhooks: of what agents answer, and of what its users write elsewhere.',
    section: 'webhooks',
    ...(problem !== undefined && { status: 400 }),
    body: html`<div id="webhooks" data-live>
        ${
          webhooks.length === 0
            ? empty('There is no webhook', 'Without one your app learns of answers only when it asks. Make one below.')
            : table(visit.home, webhooks)
        }
      </div>
      <section class="section card">
        <h2>New webhook</h2>
        <form method="post" action="${visit.home}/webhooks" class="fields">
          ${visit.csrf} ${webhookFields(problem === undefined ? NEW : shownOf(visit.form), problem)}
          <button class="primary">Create</button>
        </form>
      </section>`,
  });
}

/** How a webhook fares, in a word. */
export function webhookWord({ parkedReason, failingSince }: WebhookState): readonly [Tone, string] {
  if (parkedReason !== null) return ['bad', 'parked'];
  return failingSince === null ? ['good', 'well'] : ['busy', 'failing'];
}

const table = (home: string, webhooks: readonly WebhookState[]): Html =>
  html`<div class="table">
    <table>
      <thead>
        <tr>
          <th>Target</th>
          <th>Events</th>
          <th>State</th>
        </tr>
      </thead>
      <tbody>
        ${webhooks.map(
          (webhook) =>
            html`<tr>
              <td><a class="main" href="${home}/webhooks/${webhook.id}">${webhook.target}</a></td>
              <td>${webhook.triggers.join(', ')}</td>
              <td>${pill(...webhookWord(webhook))}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
