import type { ResourcePlan } from '../../../activities/resources.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { asSentence } from '../parts/as-sentence.ts';
import type { Difference } from './drift.ts';
import type { Found } from './found.ts';

/** What integrations share at the account: whether it is as it should be, and what a repair would do. */
export function sharedSection({ system, view, href }: Found, difference: Difference | undefined, csrf: Html): Html {
  const { label, shares } = system.facts;
  return html`<section class="section" id="shared">
    <h2>Set up at ${label}</h2>
    <div class="card stack">
      <p>
        ${
          shares === undefined
            ? `What Deskbridge needs at ${label} is compared with what is there.`
            : `${shares.charAt(0).toUpperCase()}${shares.slice(1)} that Deskbridge made there must stay as made, or answers arrive late. All apps that use the account share them.`
        }
      </p>
      ${difference === undefined ? notices(view.notices) : found(difference, href, csrf)}
      <form action="${href}/check#shared">
        <button>${difference === undefined ? 'Compare now' : 'Compare again'}</button>
      </form>
    </div>
  </section>`;
}

function found(difference: Difference, href: string, csrf: Html): Html {
  if ('problem' in difference)
    return html`<p class="flash bad" role="alert">It could not be looked at: ${asSentence(difference.problem)}</p>`;
  return html`${steps(difference, href, csrf)} ${notices(difference.notices)}`;
}

function steps(difference: ResourcePlan, href: string, csrf: Html): Html {
  if (difference.steps.length === 0) {
    const all =
      difference.notices.length === 0 ? 'All is as it should be.' : 'All that Deskbridge can set up is as it should be.';
    return html`<p class="flash good" role="status">${all}</p>`;
  }
  return html`<div class="flash bad" role="status">
    <p>It differs. A repair would:</p>
    <ul>
      ${difference.steps.map(({ summary }) => html`<li>${summary}</li>`)}
    </ul>
    <form method="post" action="${href}/repair">${csrf} <button class="primary">Repair</button></form>
  </div>`;
}

/** What people should know that no repair changes. */
const notices = (all: readonly string[]): Html | false =>
  all.length > 0 &&
  html`<div class="flash busy" role="note">
    <p>For a person to look at, as no repair changes it:</p>
    <ul>
      ${all.map((notice) => html`<li>${notice}</li>`)}
    </ul>
  </div>`;
