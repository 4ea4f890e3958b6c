import { z } from 'zod';
import { type Answer, json } from '../../answer.ts';
import { below, bodyAs, type Exchange } from '../../exchange.ts';
import { findRoute, type Params } from '../../routes.ts';
import type { App } from '../apps/app.ts';
import { manifestSchema } from '../apps/manifest.ts';
import type { Deps } from '../deps.ts';
import { teamIdOf } from '../workspace/session.ts';
import { DomainInvalid, seedWorkspace } from '../workspace/seed.ts';
import { answerSlackControl } from './control-routes.ts';

type Work = (deps: Deps, exchange: Exchange, params: Params) => Promise<Answer>;

const appBody = z.object({ manifest: manifestSchema, home: z.string().default('acme') });
const seedBody = z.object({ name: z.string().optional(), general: z.string().optional() });

/** Below `/slack/sandbox`: the apps, and what can be done in each workspace by its domain. */
const ROUTES: readonly { readonly method: string; readonly path: string; readonly answer: Work }[] = [
  { method: 'GET', path: '/apps', answer: async ({ directory }) => json(200, { apps: directory.all().map(credentials) }) },
  { method: 'POST', path: '/apps', answer: createApp },
  { method: 'PUT', path: '/apps/:id', answer: changeApp },
  {
    method: 'POST',
    path: '/apps/:id/refresh-sockets',
    async answer({ sockets }, _exchange, { id = '' }) {
      sockets.refresh(id);
      return json(200, { connections: sockets.connections(id) });
    },
  },
  { method: 'POST', path: '/:domain/seed', answer: seed },
];

/** What an app's maker sees on its page. */
const credentials = ({ id, client_id, client_secret, signing_secret, app_tokens, manifest }: App) => ({
  app_id: id,
  client_id,
  client_secret,
  signing_secret,
  app_token: app_tokens[0]?.token ?? null,
  manifest,
});

async function createApp({ directory }: Deps, exchange: Exchange): Promise<Answer> {
  const parsed = bodyAs(exchange, appBody);
  if (!parsed?.success) return invalid(parsed?.error);
  const { home, manifest } = parsed.data;
  return json(201, credentials(await directory.create(teamIdOf(home), manifest)));
}

async function changeApp({ directory }: Deps, exchange: Exchange, { id = '' }: Params): Promise<Answer> {
  const parsed = bodyAs(exchange, appBody);
  if (!parsed?.success) return invalid(parsed?.error);
  if (!directory.app(id)) return json(404, { error: 'NotFound', description: 'There is no such app.' });
  return json(200, credentials(await directory.change(id, { manifest: parsed.data.manifest })));
}

async function seed({ workspaces, url }: Deps, exchange: Exchange, { domain = '' }: Params): Promise<Answer> {
  const parsed = bodyAs(exchange, seedBody);
  if (!parsed?.success) return invalid(parsed?.error);
  try {
    return json(201, await seedWorkspace(workspaces, url, { domain, ...parsed.data }));
  } catch (error) {
    if (error instanceof DomainInvalid) return json(422, { error: 'Invalid', description: error.message });
    throw error;
  }
}

const invalid = (error: z.ZodError | undefined): Answer =>
  json(422, { error: 'Invalid', description: error ? z.prettifyError(error) : 'the body is not JSON' });

/** Answers the tools of the sandbox; `undefined` for what is none. */
export async function answerSandbox(deps: Deps, exchange: Exchange): Promise<Answer | undefined> {
  const tools = below(exchange, '/sandbox');
  if (!tools) return undefined;
  const found = findRoute(ROUTES, tools.method, tools.path);
  if (found) return found.route.answer(deps, tools, found.params);
  const [, domain = ''] = tools.path.split('/');
  const inside = below(tools, `/${domain}`);
  return inside && answerSlackControl(deps.control(teamIdOf(domain)), inside);
}
