import { createApp } from '../../db/apps.ts';
import { countHoldings, endApp, listApps, renameApp } from '../../db/console/apps.ts';
import { listIntegrations } from '../../db/integrations/read.ts';
import { disconnect } from '../../connect/disconnect.ts';
import { note } from '../note.ts';
import { appGet, appPost, get, post } from '../router.ts';
import type { ConsoleRoute } from '../router.ts';
import { done, page, refused } from '../visit.ts';
import type { AppVisit, Reply, Visit } from '../visit.ts';
import { appCards } from './app-cards.ts';
import { readName } from './read-name.ts';
import { settingsBody } from './settings-page.ts';

/** The apps: making, renaming, deleting. */
export const appRoutes: readonly ConsoleRoute[] = [
  get('/', () => Promise.resolve({ kind: 'go', to: '/console/apps' })),
  get('/apps', list),
  post('/apps', create),
  appGet('', ({ home }) => Promise.resolve({ kind: 'go', to: `${home}/integrations` })),
  appGet('/settings', (visit) => settings(visit)),
  appPost('/rename', rename),
  appPost('/delete', remove),
];

async function list(visit: Visit): Promise<Reply> {
  return page({
    title: 'Apps',
    lead: 'One app is one product whose users write to you.',
    section: 'apps',
    body: appCards(await listApps(visit.deps.db), visit.csrf),
  });
}

async function create(visit: Visit): Promise<Reply> {
  const { db, vault, clock } = visit.deps;
  const name = readName(visit.form);
  if (name === undefined) return refused('/console/apps', 'Expected a name of 1 to 100 characters.');
  const { appId, keyId, secret } = await createApp(db, vault, name, clock.now());
  await note(visit, 'created the app', name, appId);
  return done(
    `/console/apps/${appId}/integrations`,
    `${name} is there. With this key your app talks to Deskbridge; its secret is shown now and never again.`,
    { 'Key id': keyId, Secret: secret },
  );
}

async function settings(visit: AppVisit): Promise<Reply> {
  return page({
    title: 'Settings',
    section: 'settings',
    body: settingsBody(visit, await countHoldings(visit.deps.db, visit.app.id)),
  });
}

async function rename(visit: AppVisit): Promise<Reply> {
  const here = `${visit.home}/settings`;
  const name = readName(visit.form);
  if (name === undefined) return refused(here, 'Expected a name of 1 to 100 characters.');
  await renameApp(visit.deps.db, visit.app.id, name);
  await note(visit, `renamed the app ${visit.app.name} to`, name);
  return done(here, `The app is called ${name} now.`);
}

/** What has undelivered work goes only when its name is typed in. What is ours at the vendors is taken down by their workflows. */
async function remove(visit: AppVisit): Promise<Reply> {
  const { app, deps, form, home } = visit;
  const { undelivered } = await countHoldings(deps.db, app.id);
  if (undelivered > 0 && form.get('name')?.trim() !== app.name)
    return refused(`${home}/settings`, `Nothing was deleted: expected the name of the app, ${app.name}.`);
  const { integrations } = await listIntegrations(deps.db, app.id, { systems: undefined, limit: 1_000, offset: 0 });
  for (const { id } of integrations) await disconnect(deps, { app: app.id, integration: id });
  await endApp(deps.db, app.id, deps.clock.now());
  await note(visit, 'deleted the app', app.name);
  return done('/console/apps', `${app.name} is deleted. What is left of it is erased in the background.`);
}
