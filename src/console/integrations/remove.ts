import { disconnect } from '../../connect/disconnect.ts';
import { countOpenThreads, countOthers } from '../../db/console/integrations.ts';
import { html } from '../../domain/html.ts';
import { note } from '../note.ts';
import { counted } from '../parts/counted.ts';
import { done, page, refused } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';
import { foundIntegration } from './found.ts';
import type { Found } from './found.ts';

/** Asks before an integration is removed, and says what will happen. */
export async function removePage(visit: AppVisit): Promise<Reply> {
  const found = await foundIntegration(visit);
  const { view, href } = found;
  return page({
    title: `Remove ${view.displayName}?`,
    section: 'integrations',
    up: { text: view.displayName, href },
    body: html`<div class="card stack">
      <ul class="effects">
        ${(await effectsOf(visit, found)).map((effect) => html`<li>${effect}</li>`)}
      </ul>
      <form method="post" action="${href}/remove" class="row">
        ${visit.csrf} <button class="danger solid">Remove integration</button> <a href="${href}">Keep it</a>
      </form>
    </div>`,
  });
}

async function effectsOf({ deps, app }: AppVisit, { view, system }: Found): Promise<readonly string[]> {
  const [open, others] = [await countOpenThreads(deps.db, view.destination), await countOthers(deps.db, app.id, view.account)];
  const { label, shares, threadWord } = system.facts;
  return [
    open === 0
      ? `No conversation is open there now. New messages will no longer be delivered to ${label}.`
      : `${counted(open, 'open conversation')} will no longer be delivered. ${open === 1 ? `Its ${threadWord} stays` : `Their ${threadWord}s stay`} at ${label}.`,
    ...(view.held === 0
      ? []
      : [
          `${counted(view.held, 'message')} ${view.held === 1 ? 'waits' : 'wait'} for it and will be held: whoever connects the account again decides whether they are delivered.`,
        ]),
    ...(shares === undefined ? [] : [fateOfShared(shares, others)]),
    ...(others === 0 ? [`The access that ${label} gave is given back.`] : []),
    'What agents write there no longer reaches the app.',
  ];
}

const fateOfShared = (shares: string, others: number): string => {
  const [name, is] = [`${shares.charAt(0).toUpperCase()}${shares.slice(1)}`, shares.includes(' and ')];
  return others === 0
    ? `${name} that Deskbridge made there ${is ? 'are' : 'is'} deleted.`
    : `${name} ${is ? 'stay' : 'stays'} because ${counted(others, 'other app')} ${others === 1 ? 'uses' : 'use'} ${is ? 'them' : 'it'}.`;
};

export async function remove(visit: AppVisit): Promise<Reply> {
  const { view, href } = await foundIntegration(visit);
  if (!(await disconnect(visit.deps, { app: visit.app.id, integration: view.id })))
    return refused(href, 'It was removed before.');
  await note(visit, 'removed the integration', view.displayName);
  return done(href, `${view.displayName} is removed: nothing more goes there.`);
}
