import { Router } from 'express';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { AppId } from '../domain/ids.ts';
import { addFacts } from '../log.ts';
import { sendAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import { authenticate } from './authenticate.ts';
import type { Credentials } from './authenticate.ts';
import { authorizeApp, authorizeUser, refuseAppUsers } from './authorize.ts';
import type { AppCall, UserCall, Version } from './call.ts';
import type { ApiDeps, GuardedDeps } from './deps.ts';
import { addressOf } from './failed-attempts.ts';
import { parse } from './parse.ts';
import { readBody, storable } from './read-body.ts';

type Method = 'get' | 'post' | 'put' | 'delete';

/** One route of the API, below an app. It is opened to those who may, before their body is read. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  /** @throws {Problem} when this request may not come in. */
  open(entry: Entry): Promise<(call: AppCall) => Promise<Answer>>;
}

interface Entry {
  readonly deps: ApiDeps;
  readonly credentials: Credentials;
  readonly app: AppId;
  /** The app user that the path names. */
  readonly name: string;
}

/** A route of the app itself. Tokens of app users do not reach it. */
export const appRoute = (method: Method, path: string, handle: (call: AppCall) => Promise<Answer>): Route => ({
  method,
  path,
  open: ({ credentials }) => {
    refuseAppUsers(credentials);
    return Promise.resolve(handle);
  },
});

/**
 * A route of one app user. A user's name may hold slashes, which some clients do not encode: of two routes that fit, the one that
 * was given first is meant.
 * @param to `user`: tokens of that app user reach it, too. `app`: they do not.
 */
export const userRoute = (
  method: Method,
  path: string,
  to: 'user' | 'app',
  handle: (call: UserCall) => Promise<Answer>,
): Route => ({
  method,
  path: `/appusers/*user${path}`,
  open: async ({ deps, credentials, app, name }) => {
    if (to === 'app') refuseAppUsers(credentials);
    const user = await authorizeUser(deps, credentials, { app, name });
    return (call) => handle({ ...call, user });
  },
});

/** The routes of one version, each with and without the app in its path. */
export function createRouter(deps: GuardedDeps, version: Version, routes: readonly Route[]): Router {
  const router = Router();
  for (const route of routes) router[route.method]([route.path, `/apps/:appId${route.path}`], serve(deps, version, route));
  return router;
}

const Params = z.object({
  appId: z.string().optional(),
  id: z.string().default(''),
  user: z.array(z.string()).default([]),
});

const serve =
  (deps: GuardedDeps, version: Version, route: Route): RequestHandler =>
  async (request, response) => {
    const credentials = await deps.attempts.guard(addressOf(request), () => authenticate(deps, request.get('authorization')));
    const params = parse(Params, storable(request.params, []));
    const app = await authorizeApp(deps, credentials, params.appId);
    addFacts({ app });
    const handle = await route.open({ deps, credentials, app, name: nameIn(params.user) });
    const takesBody = route.method === 'post' || route.method === 'put';
    const answer = await handle({
      version,
      app,
      scope: credentials.scope,
      body: takesBody ? await readBody(request, response) : {},
      query: storable(request.query, []),
      id: params.id,
      url: `${deps.settings.publicUrl}${pathOf(request)}`,
      header: (name) => request.get(name),
    });
    sendAnswer(response, answer);
  };

/** A slash at the end of a path is nobody's. */
const nameIn = (parts: readonly string[]): string =>
  (parts.length > 1 && parts.at(-1) === '' ? parts.slice(0, -1) : parts).join('/');

const pathOf = (request: Request): string => request.originalUrl.replace(/\?.*$/s, '');
