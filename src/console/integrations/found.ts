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

/** Where the account is connected again. What is not secret need not be typed again where the account's name is its own field. */
export const connectAgain = ({ view, system }: Found, home: string): string => {
  const { connectFlow } = system.facts;
  const [first] = connectFlow.kind === 'none' ? [] : connectFlow.fields;
  const query = first?.type === 'text' ? `?${new URLSearchParams({ [first.name]: view.accountKey }).toString()}` : '';
  return `${home}/integrations/connect/${system.name}${query}`;
};
