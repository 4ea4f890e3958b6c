import { z } from 'zod';
import { type Answer, json, noContent, Refusal } from '../../answer.ts';
import { type Exchange, parsedBody } from '../../exchange.ts';
import { faultScript } from '../../faults.ts';
import { findRoute, type Params, type Route } from '../../routes.ts';
import { settingsChange } from '../account/settings.ts';
import { agentAction } from './agent-action.ts';
import type { ZendeskControl } from './control.ts';

interface Ask {
  readonly control: ZendeskControl;
  readonly params: Params;
  readonly body: unknown;
}

interface ControlRoute extends Route {
  readonly answer: (ask: Ask) => Promise<Answer>;
}

const route = (method: string, path: string, answer: ControlRoute['answer']): ControlRoute => ({ method, path, answer });

/** A route that does something and has nothing to say. */
const doing = (method: string, path: string, work: (ask: Ask) => Promise<void>): ControlRoute =>
  route(method, path, async (ask) => {
    await work(ask);
    return noContent();
  });

const clientBody = z.object({
  identifier: z.string().min(1),
  name: z.string().optional(),
  kind: z.enum(['confidential', 'public']).optional(),
  redirectUris: z.array(z.url()).optional(),
});
const tokenBody = z.object({ scopes: z.array(z.string()).optional(), userId: z.number().optional() });
const appBody = z.object({ app_installation: z.record(z.string(), z.json()).nullable() });

/** Below `/zendesk/<subdomain>/sandbox`. */
const ROUTES: readonly ControlRoute[] = [
  route('GET', '/', async ({ control }) => json(200, overview(control))),
  route('GET', '/faults', async ({ control }) => json(200, { faults: await control.faults() })),
  route('POST', '/faults', async ({ control, body }) => json(201, { fault: await control.addFault(faultScript.parse(body)) })),
  doing('DELETE', '/faults', ({ control }) => control.clearFaults()),
  doing('DELETE', '/faults/:id', ({ control, params }) => control.clearFaults(Number(params.id))),
  route('GET', '/settings', async ({ control }) => json(200, { settings: await control.settings() })),
  route('PATCH', '/settings', async ({ control, body }) =>
    json(200, { settings: await control.set(settingsChange.parse(body)) }),
  ),
  route('GET', '/outbox', async ({ control }) => json(200, { mails: await control.outbox() })),
  doing('DELETE', '/outbox', ({ control }) => control.clearOutbox()),
  route('GET', '/invocations', async ({ control }) => json(200, { invocations: await control.invocations() })),
  route('GET', '/requests', async ({ control }) => json(200, { requests: await control.requests() })),
  doing('DELETE', '/requests', ({ control }) => control.clearRequests()),
  route('POST', '/actions', async ({ control, body }) => json(200, await control.act(agentAction.parse(body)))),
  route('POST', '/tokens', async ({ control, body }) => {
    const { scopes, userId } = tokenBody.parse(body);
    return json(201, { token: await control.issueToken(scopes, userId) });
  }),
  route('GET', '/clients', async ({ control }) => json(200, { clients: await control.clients() })),
  route('POST', '/clients', async ({ control, body }) =>
    json(201, { client: await control.createClient(clientBody.parse(body)) }),
  ),
  doing('PUT', '/triggers/:id/app-installation', ({ control, params, body }) =>
    control.setAppInstallation(Number(params.id), appBody.parse(body).app_installation),
  ),
];

const overview = (control: ZendeskControl) => ({
  subdomain: control.subdomain,
  page: `${control.url}/agent`,
  api: control.url,
  control: ROUTES.map(({ method, path }) => `${method} ${control.url}/sandbox${path}`),
});

/** Answers the control interface. `exchange.path` is below `/sandbox`. */
export async function answerControl(control: ZendeskControl, exchange: Exchange): Promise<Answer> {
  const found = findRoute(ROUTES, exchange.method, exchange.path);
  if (!found) return json(404, { error: 'NotFound', description: 'GET /sandbox lists what there is' });
  try {
    return await found.route.answer({ control, params: found.params, body: parsedBody(exchange) });
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    if (error instanceof z.ZodError) return json(422, { error: 'Invalid', description: z.prettifyError(error) });
    if (error instanceof SyntaxError) return json(400, { error: 'Invalid', description: 'the body is not JSON' });
    throw error;
  }
}
