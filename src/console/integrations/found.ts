import type { BusinessSystem } from '../../../activities/business-system.ts';
import { notFound } from '../../api/problem.ts';
import { readView } from '../../db/console/integrations.ts';
import type { IntegrationView } from '../../db/console/integrations.ts';
import { isId, toId } from '../../domain/ids.ts';
import type { IntegrationId } from '../../domain/ids.ts';
import type { AppVisit } from '../visit.ts';

/** An integration that an address names, with its system and its own address. */
export interface Found {
  readonly view: IntegrationView;
  readonly system: BusinessSystem;
  readonly href: string;
}

/** @throws {Problem} 404 when the app has no such integration. */
export async function foundIntegration({ deps, app, home, ...visit }: AppVisit): Promise<Found> {
  const id = visit.param('id');
  const view = isId(id) ? await readView(deps.db, app.id, toId<IntegrationId>(id)) : undefined;
  const system = deps.systems.find(({ name }) => name === view?.system);
  if (view === undefined || system === undefined) throw notFound('There is no such integration.');
  return { view, system, href: `${home}/integrations/${id}` };
}

/** Where an account is connected again. Its name need not be typed again where a field asks for it. */
export function connectAgain(home: string, { name, facts }: BusinessSystem, accountKey: string): string {
  const { connectFlow } = facts;
  const field = connectFlow.kind === 'none' ? undefined : connectFlow.accountField;
  const query = field === undefined ? '' : `?${new URLSearchParams({ [field]: accountKey }).toString()}`;
  return `${home}/integrations/connect/${name}${query}`;
}
