import type { BusinessSystem } from '../../../activities/business-system.ts';
import { listViews } from '../../db/console/integrations.ts';
import type { IntegrationView } from '../../db/console/integrations.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { pill } from '../parts/pill.ts';
import { systemMark } from '../parts/system-mark.ts';
import { page } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';
import { statusOf } from './status.ts';

/** All systems that can be connected, and what of each is connected. */
export async function store(visit: AppVisit): Promise<Reply> {
  const { deps, app, home } = visit;
  const views = await listViews(deps.db, app.id);
  const systems = deps.systems.filter(({ facts }) => facts.connectFlow.kind !== 'none');
  const cards = systems.map((system) =>
    card(
      system,
      views.filter((view) => view.system === system.name),
      home,
    ),
  );
  return page({
    title: 'Integrations',
    lead: 'Connect the tools that your team answers from. One app can have several, also of the same kind.',
    section: 'integrations',
    body: html`<ul class="grid" id="store" data-live>
      ${cards}
    </ul>`,
  });
}

const card = ({ name, facts }: BusinessSystem, views: readonly IntegrationView[], home: string): Html =>
  html`<li class="card tile system">
    <div class="row">
      ${systemMark(name, facts.label)}
      <h2>${facts.label}</h2>
    </div>
    <p class="quiet">${facts.about}</p>
    ${
      views.length > 0 &&
      html`<ul class="connected">
        ${views.map((view) => line(view, home))}
      </ul>`
    }
    <p class="foot">
      <a class="button ${views.length === 0 && 'primary'}" href="${home}/integrations/connect/${name}">
        ${views.length === 0 ? 'Connect' : 'Connect another'}<span class="unseen"> ${facts.label}</span>
      </a>
    </p>
  </li>`;

function line(view: IntegrationView, home: string): Html {
  const { tone, word } = statusOf(view);
  return html`<li class="row spread"><a href="${home}/integrations/${view.id}">${view.displayName}</a> ${pill(tone, word)}</li>`;
}
