import type { LimitView } from '../../db/console/integrations.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { pill } from '../parts/pill.ts';
import { timeOf } from '../parts/time.ts';
import type { Found } from './found.ts';
import { statusOf } from './status.ts';

interface Shown {
  readonly found: Found;
  readonly limits: readonly LimitView[];
  readonly csrf: Html;
  /** Where the account is connected again. */
  readonly again: string;
}

/** How the integration fares, whose account it is, and what can be done about trouble. */
export function statusCard({ found, limits, csrf, again }: Shown): Html {
  const { view, href } = found;
  const { tone, word, sentence } = statusOf(view);
  const isParked = view.parkedReason !== null && view.status !== 'removed' && view.status !== 'removing';
  return html`<div class="card stack">
    <p class="row">
      ${pill(tone, word)} ${view.parkedAt !== null && html`<span class="quiet">since ${timeOf(view.parkedAt)}</span>`}
    </p>
    <p>${sentence}</p>
    ${(view.status === 'connecting' || view.status === 'removing') && html`<progress aria-label="${word}"></progress>`}
    ${
      (isParked || view.status === 'removed') &&
      html`<div class="row">
        <a class="button primary" href="${again}">Connect again</a>
        ${
          isParked &&
          html`<form method="post" action="${href}/try-again">${csrf} <button>It is repaired: try again</button></form>`
        }
      </div>`
    }
    <dl class="facts">
      <dt>Account</dt>
      <dd>${view.accountKey}</dd>
      <dt>Connected</dt>
      <dd>${timeOf(view.connectingSince)}</dd>
      <dt>Rate limit</dt>
      <dd>${limits.length === 0 ? 'takes calls' : limits.map(limitLine)}</dd>
    </dl>
  </div>`;
}

const limitLine = ({ scope, until, isPaused }: LimitView): Html =>
  html`<div>
    ${isPaused ? html`takes no calls (${scope}) until ${timeOf(until)}` : html`calls queue up (${scope}); the next turn is free at ${timeOf(until)}`}
  </div>`;
