import { z } from 'zod';
import { type Answer, json } from '../../answer.ts';
import { answerControl, commonControlRoutes, type ControlRoute, controlRoutes } from '../../control-routes.ts';
import type { Exchange } from '../../exchange.ts';
import { agentAction } from './agent-action.ts';
import type { ZendeskControl } from './control.ts';

const { route, doing } = controlRoutes<ZendeskControl>();

const clientBody = z.object({
  identifier: z.string().min(1),
  name: z.string().optional(),
  kind: z.enum(['confidential', 'public']).optional(),
  redirectUris: z.array(z.url()).optional(),
});
const tokenBody = z.object({ scopes: z.array(z.string()).optional(), userId: z.number().optional() });
const appBody = z.object({ app_installation: z.record(z.string(), z.json()).nullable() });

/** Below `/zendesk/<subdomain>/sandbox`. */
const ROUTES: readonly ControlRoute<ZendeskControl>[] = [
  route('GET', '/', async ({ control }) => json(200, overview(control))),
  ...commonControlRoutes<ZendeskControl>(),
  route('GET', '/outbox', async ({ control }) => json(200, { mails: await control.outbox() })),
  doing('DELETE', '/outbox', ({ control }) => control.clearOutbox()),
  route('GET', '/invocations', async ({ control }) => json(200, { invocations: await control.invocations() })),
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
export const answerZendeskControl = (control: ZendeskControl, exchange: Exchange): Promise<Answer> =>
  answerControl(ROUTES, control, exchange);
