import { z } from 'zod';
import { type Answer, json } from '../../answer.ts';
import { answerControl, commonControlRoutes, type ControlRoute, controlRoutes } from '../../control-routes.ts';
import type { Exchange } from '../../exchange.ts';
import { memberAction } from './member-action.ts';
import type { SlackControl } from './control.ts';

const { route, doing } = controlRoutes<SlackControl>();
const installBody = z.object({ app: z.string(), scopes: z.array(z.string()) });

/** Below `/slack/sandbox/<domain>`. */
const ROUTES: readonly ControlRoute<SlackControl>[] = [
  route('GET', '/', async ({ control }) => json(200, overview(control))),
  ...commonControlRoutes<SlackControl>(),
  route('POST', '/actions', async ({ control, body }) => json(200, await control.act(memberAction.parse(body)))),
  route('GET', '/people', async ({ control }) => json(200, { people: await control.people() })),
  route('GET', '/channels', async ({ control }) => json(200, { channels: await control.channels() })),
  route('GET', '/channels/:channel/messages', async ({ control, params }) =>
    json(200, { messages: await control.messages(params.channel ?? '') }),
  ),
  route('GET', '/channels/:channel/ephemerals', async ({ control, params }) =>
    json(200, { ephemerals: await control.ephemerals(params.channel ?? '') }),
  ),
  route('GET', '/events', async ({ control }) => json(200, { events: await control.events() })),
  route('POST', '/tokens', async ({ control }) => json(201, { token: await control.adminToken() })),
  route('POST', '/installations', async ({ control, body }) => {
    const { app, scopes } = installBody.parse(body);
    return json(201, { token: await control.install(app, scopes) });
  }),
  doing('DELETE', '/installations/:app', ({ control, params }) => control.uninstall(params.app ?? '')),
  doing('DELETE', '/installations/:app/tokens', ({ control, params }) => control.revoke(params.app ?? '')),
];

const overview = (control: SlackControl) => ({
  team: control.team,
  page: control.page,
  control: ROUTES.map(({ method, path }) => `${method} ${path}`),
});

/** Answers the control interface of a workspace. `exchange.path` is below its address. */
export const answerSlackControl = (control: SlackControl, exchange: Exchange): Promise<Answer> =>
  answerControl(ROUTES, control, exchange);
