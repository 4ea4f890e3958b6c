import type { BusinessSystem } from '../../../activities/business-system.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { page } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';

/** The install link, and the wait for what comes of it: the system's site may send no browser back. */
export const installPage = (
  visit: AppVisit,
  system: BusinessSystem,
  at: { readonly link: string; readonly arrivesAt: string },
): Reply =>
  around(
    visit,
    system,
    html`<p>Allow the installation at ${system.facts.label} within ten minutes, then come back to this page.</p>
      <p><a class="button primary" href="${at.link}" target="_blank" rel="noreferrer">Install at ${system.facts.label} ↗</a></p>
      ${waiting(system, at.arrivesAt)}`,
  );

/** The same for who looks whether it is connected by now. */
export const stillWaiting = (visit: AppVisit, system: BusinessSystem, arrivesAt: string): Reply =>
  around(
    visit,
    system,
    html`${waiting(system, arrivesAt)}
      <p class="quiet">
        The install link is on the page where you began. If that is closed,
        <a href="${visit.home}/integrations/connect/${system.name}">begin again</a>.
      </p>`,
  );

const around = ({ home }: AppVisit, { facts }: BusinessSystem, body: Html): Reply =>
  page({
    title: `Connect ${facts.label}`,
    section: 'integrations',
    up: { text: 'Integrations', href: `${home}/integrations` },
    body: html`<div class="card stack">${body}</div>`,
  });

const waiting = ({ facts }: BusinessSystem, arrivesAt: string): Html =>
  html`<div id="installing" data-live="${arrivesAt}" data-follow>
    <p class="row">
      <span class="spinner" aria-hidden="true"></span> Waiting for ${facts.label}… <a href="${arrivesAt}">Look now</a>
    </p>
  </div>`;
