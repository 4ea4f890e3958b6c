import { z } from 'zod';
import { beginConnect } from '../../connect/begin.ts';
import { configure, settingsForm } from '../../connect/configure.ts';
import { disconnect } from '../../connect/disconnect.ts';
import { findPromised } from '../../db/connect-states.ts';
import { findIntegration, listIntegrations } from '../../db/integrations/read.ts';
import { isId, toId } from '../../domain/ids.ts';
import type { IntegrationId } from '../../domain/ids.ts';
import type { Answer } from '../answer.ts';
import type { AppCall } from '../call.ts';
import type { ApiDeps } from '../deps.ts';
import { parse } from '../parse.ts';
import { isPlainObject } from '../plain-object.ts';
import { badRequest, notFound } from '../problem.ts';
import { appRoute } from '../route.ts';
import type { Route } from '../route.ts';
import { wireBegun, wireField, wireIntegration } from './wire-integration.ts';

/** Connecting business systems, looking at them and removing them. */
export const integrationRoutes = (deps: ApiDeps): readonly Route[] => [
  appRoute('post', '/integrations', (call) => create(deps, call)),
  appRoute('get', '/integrations', (call) => list(deps, call)),
  appRoute('get', '/integrations/:id', (call) => show(deps, call)),
  appRoute('delete', '/integrations/:id', (call) => remove(deps, call)),
  appRoute('get', '/integrations/:id/settings', (call) => settings(deps, call)),
  appRoute('put', '/integrations/:id/settings', (call) => change(deps, call)),
];

async function create(deps: ApiDeps, { app, body }: AppCall): Promise<Answer> {
  if (!isPlainObject(body)) throw badRequest('body: expected an object');
  const connectable = deps.systems.filter(({ facts }) => facts.connectFlow.kind !== 'none');
  const system = connectable.find(({ name }) => name === body['type']);
  if (system === undefined) throw badRequest(`type: expected one of ${connectable.map(({ name }) => name).join(', ')}`);
  const begun = await beginConnect(deps, { app, system, given: body });
  return { status: 201, body: { integration: wireBegun(system.name, begun) } };
}

const whole = (text: string) =>
  z
    .string(text)
    .regex(/^\d{1,9}$/, text)
    .transform(Number);
const Query = z.object({
  types: z.string('expected names with commas between them').exactOptional(),
  limit: whole('expected a number from 1 to 100')
    .refine((limit) => limit >= 1 && limit <= 100, 'expected a number from 1 to 100')
    .default(25),
  offset: whole('expected a number from 0 on').default(0),
});

async function list(deps: ApiDeps, { app, query }: AppCall): Promise<Answer> {
  const { types, limit, offset } = parse(Query, query);
  const part = { systems: types?.split(','), limit, offset };
  const { integrations, hasMore } = await listIntegrations(deps.db, app, part);
  return { status: 200, body: { integrations: integrations.map(wireIntegration), hasMore, offset } };
}

/** One that is still being connected is there already, under the id that its creation was answered with. */
async function show(deps: ApiDeps, call: AppCall): Promise<Answer> {
  const id = idOf(call);
  const promised = await findPromised(deps.db, { app: call.app, integration: id, now: deps.clock.now() });
  const integration = await findIntegration(deps.db, call.app, promised?.became ?? id);
  if (integration !== undefined) return { status: 200, body: { integration: wireIntegration(integration) } };
  if (promised === undefined || promised.became !== undefined) throw noSuchIntegration();
  return { status: 200, body: { integration: wireBegun(promised.system, { integration: id }) } };
}

async function remove(deps: ApiDeps, call: AppCall): Promise<Answer> {
  if (!(await disconnect(deps, { app: call.app, integration: idOf(call) }))) throw noSuchIntegration();
  return { status: 200, body: {} };
}

/** Each setting with its value, and with what may be chosen. */
async function settings(deps: ApiDeps, call: AppCall): Promise<Answer> {
  const form = await settingsForm(deps, { app: call.app, integration: idOf(call) });
  if (form === undefined) throw noSuchIntegration();
  const fields = form.fields.map((field) => wireField(field, form.values[field.name]));
  return { status: 200, body: { settings: form.values, fields } };
}

async function change(deps: ApiDeps, call: AppCall): Promise<Answer> {
  if (!isPlainObject(call.body)) throw badRequest('body: expected an object');
  const values = await configure(deps, { app: call.app, integration: idOf(call), given: call.body });
  if (values === undefined) throw noSuchIntegration();
  return { status: 200, body: { settings: values } };
}

const noSuchIntegration = () => notFound('there is no such integration', 'integration');

function idOf({ id }: AppCall): IntegrationId {
  if (!isId(id)) throw noSuchIntegration();
  return toId<IntegrationId>(id);
}
