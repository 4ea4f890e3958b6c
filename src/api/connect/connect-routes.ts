import { Router } from 'express';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { ConnectStopped } from '../../connect/connect-stopped.ts';
import { comeBack, oauthSystem, setOut, turnBack } from '../../connect/oauth-flow.ts';
import type { OAuthSystem } from '../../connect/oauth-flow.ts';
import { hasLeft, problemOf } from '../answer.ts';
import type { ApiDeps } from '../deps.ts';
import { badRequest, methodNotAllowed, notFound } from '../problem.ts';
import { storable } from '../read-body.ts';
import { cookieName, cookieOptions, readCookie } from './browser-cookie.ts';
import { html } from '../../domain/html.ts';
import { sendPage } from '../pages/page.ts';

/** The two addresses that a browser visits to connect an account: on the way to the system, and back from it. */
export function connectRoutes(deps: ApiDeps): Router {
  const router = Router();
  // A look that only asks for the headers, as link previews do, must not use up a ticket.
  router.all(['/:system/start', '/:system/return'], refuseOtherMethods);
  router.get('/:system/start', (request, response) => start(deps, request, response));
  router.get('/:system/return', (request, response) => back(deps, request, response));
  router.use(answerWithPage(deps));
  return router;
}

const refuseOtherMethods: RequestHandler = (request, response, next) => {
  if (request.method === 'GET') return next();
  response.set('Allow', 'GET');
  throw methodNotAllowed('GET');
};

const Start = z.object({ ticket: z.string().max(512) });

async function start(deps: ApiDeps, request: Request, response: Response): Promise<void> {
  const system = systemOf(deps, request);
  const query = Start.safeParse(storable(request.query, []));
  if (!query.success) throw new ConnectStopped('The address is not complete. Open the whole link.');
  const { location, browser, state } = await setOut(deps, system, query.data.ticket);
  response.cookie(cookieName(state), browser, cookieOptions(deps.settings.publicUrl));
  response.redirect(302, location);
}

const Back = z.object({
  state: z.string().max(512).optional(),
  code: z.string().max(4_096).optional(),
  error: z.string().optional(),
});

async function back(deps: ApiDeps, request: Request, response: Response): Promise<void> {
  const system = systemOf(deps, request);
  const { state, code, error } = Back.safeParse(storable(request.query, [])).data ?? {};
  if (state === undefined && error !== undefined) throw new ConnectStopped(whyDenied(system, error));
  if (state === undefined) throw new ConnectStopped('The address is not complete. Nothing was changed.');
  const browser = readCookie(request, cookieName(state));
  if (error !== undefined) throw await turnBack(deps, system, { state, browser }, whyDenied(system, error));
  if (code === undefined) throw new ConnectStopped('The address is not complete. Nothing was changed.');
  const { displayName, appName, returnTo } = await comeBack(deps, system, { state, code, browser });
  const { maxAge: _, ...cookie } = cookieOptions(deps.settings.publicUrl);
  response.clearCookie(cookieName(state), cookie);
  if (returnTo !== undefined) return response.redirect(302, returnTo);
  sendPage(response, 200, {
    title: `${displayName} is connected to ${appName}`,
    body: html`<p>Deskbridge now sets up what it needs there. You can close this page.</p>`,
  });
}

function whyDenied({ facts }: OAuthSystem, error: string): string {
  const denied = error === 'access_denied';
  const why = denied
    ? `Access to ${facts.label} was not allowed.`
    : `${facts.label} did not give access (${error.slice(0, 80)}).`;
  return `${why} Nothing was changed. Begin again to connect${denied ? ', and allow it there' : ''}.`;
}

function systemOf({ systems }: ApiDeps, request: Request): OAuthSystem {
  const system = oauthSystem(systems, String(request.params['system']));
  if (system === undefined) throw notFound('There is nothing to connect at this address.');
  return system;
}

/** Here people look on, not programs. */
const answerWithPage =
  (deps: ApiDeps): ErrorRequestHandler =>
  (error: unknown, _request, response, next) => {
    // Without the error, which Express would print.
    if (hasLeft(response)) return next();
    if (error instanceof ConnectStopped && error.toldAt !== undefined) return response.redirect(302, error.toldAt);
    const problem = problemOf(error instanceof ConnectStopped ? badRequest(error.message) : error, response, deps.log);
    const title = problem.status < 500 ? 'Not connected' : 'Not connected: something is out of order';
    sendPage(response, problem.status, {
      title,
      body: html`<p>${problem.message}</p>
        <p><a href="${deps.settings.publicUrl}/console">Open the console</a></p>`,
    });
  };
