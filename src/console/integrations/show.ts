import { activeLimits, listThreads, recentFailures } from '../../db/console/integrations.ts';
import { html } from '../../domain/html.ts';
import { page } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';
import type { Difference } from './drift.ts';
import { connectAgain, foundIntegration } from './found.ts';
import type { Found } from './found.ts';
import { failuresSection, threadsSection } from './history.ts';
import { settingsSection } from './settings.ts';
import { sharedSection } from './shared.ts';
import { statusCard } from './status-card.ts';

const MOST_THREADS = 15;
const MOST_FAILURES = 10;

/** All there is to know about an integration, fresh while one looks. */
export const show = async (visit: AppVisit): Promise<Reply> => integrationPage(visit, await foundIntegration(visit), undefined);

/** @param difference what a look at the account found, if there was one. */
export async function integrationPage(visit: AppVisit, found: Found, difference: Difference | undefined): Promise<Reply> {
  const { deps, home, csrf } = visit;
  const { view, system, href } = found;
  const now = deps.clock.now();
  const limits = await activeLimits(deps.db, view.account, now);
  const threads = await listThreads(deps.db, view.destination, MOST_THREADS);
  const failures = await recentFailures(deps.db, view.destination, MOST_FAILURES);
  const isThere = view.status === 'connected' || view.status === 'connecting';
  return page({
    title: view.displayName,
    lead: system.facts.about,
    section: 'integrations',
    up: { text: 'Integrations', href: `${home}/integrations` },
    // What was compared is not compared anew every two seconds: the rest of the page is kept fresh without it.
    body: html`<div id="status" data-live="${href}">
        ${statusCard({ found, limits, csrf, again: connectAgain(home, system, view.accountKey) })}
      </div>
      ${isThere && system.facts.settings.length > 0 && settingsSection(found)}
      ${isThere && system.resources !== undefined && sharedSection(found, difference, csrf)}
      <div id="history" data-live>${threadsSection(visit, found, threads)} ${failuresSection(failures, home)}</div>
      ${
        isThere &&
        html`<section class="section">
          <h2>Remove</h2>
          <p class="quiet">You see what will happen before anything does.</p>
          <a class="button danger" href="${href}/remove">Remove integration…</a>
        </section>`
      }`,
  });
}
