import express, { Router } from 'express';
import type { Request, RequestHandler, Response } from 'express';
import { findApp } from '../db/apps.ts';
import type { Session } from '../db/console/sessions.ts';
import { html } from '../domain/html.ts';
import { notFound } from '../api/problem.ts';
import { storable } from '../api/read-body.ts';
import type { ConsoleDeps } from './deps.ts';
import { sendReply } from './send.ts';
import { csrfToken, currentSession, isCsrfToken } from './sign-in/session.ts';
import type { AppVisit, Reply, Visit } from './visit.ts';
import { refuseOtherSites, sessionOver } from './same-site.ts';

/** One address of the console. */
export interface ConsoleRoute {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly answer: (visit: Visit) => Promise<Reply>;
}

type Answer<V> = (visit: V) => Promise<Reply>;

export const get = (path: string, answer: Answer<Visit>): ConsoleRoute => ({ method: 'get', path, answer });
export const post = (path: string, answer: Answer<Visit>): ConsoleRoute => ({ method: 'post', path, answer });

/** The same for what belongs to an app: below `/apps/:app`. */
export const appGet = (path: string, answer: Answer<AppVisit>): ConsoleRoute => get(`/apps/:app${path}`, ofApp(answer));
export const appPost = (path: string, answer: Answer<AppVisit>): ConsoleRoute => post(`/apps/:app${path}`, ofApp(answer));

const ofApp =
  (answer: Answer<AppVisit>): Answer<Visit> =>
  async (visit) => {
    const app = await findApp(visit.deps.db, visit.param('app'));
    if (app === undefined) throw notFound('There is no such app. Perhaps it was deleted.');
    const reply = await answer({ ...visit, app, home: `/console/apps/${app.id}` });
    return reply.kind === 'page' ? { ...reply, app } : reply;
  };

/** Reads what a form sends; a form is never large. */
export const readForm = express.text({ type: 'application/x-www-form-urlencoded', limit: '100kb' });

/** Serves routes to those who are signed in; others are asked to sign in first. */
export function createRoutes(deps: ConsoleDeps, routes: readonly ConsoleRoute[]): Router {
  const router = Router();
  for (const { method, path, answer } of routes) {
    if (method === 'post') router.post(path, refuseOtherSites, readForm, serve(deps, answer));
    else router.get(path, serve(deps, answer));
  }
  return router;
}

const serve =
  (deps: ConsoleDeps, answer: Answer<Visit>): RequestHandler =>
  async (request, response) => {
    const session = await currentSession(deps, request, response);
    if (session === undefined) return askToSignIn(request, response);
    const visit = visitOf(deps, session, request);
    if (request.method === 'POST' && !isCsrfToken(deps.vault, session, visit.form.get('csrf') ?? '')) throw sessionOver();
    await sendReply(visit, { request, response, reply: await answer(visit) });
  };

/** After signing in, the person finds what they came for. */
function askToSignIn(request: Request, response: Response): void {
  const wanted = request.method === 'GET' ? `?to=${encodeURIComponent(request.originalUrl)}` : '';
  response.redirect(303, `/console/sign-in${wanted}`);
}

function visitOf(deps: ConsoleDeps, session: Session, request: Request): Visit {
  return {
    deps,
    session,
    csrf: html`<input type="hidden" name="csrf" value="${csrfToken(deps.vault, session)}" />`,
    path: request.originalUrl.replace(/\?.*$/s, ''),
    query: queryOf(request),
    form: formOf(request),
    param: (name) => String(request.params[name] ?? ''),
  };
}

/** What stands behind the question mark of an address. */
export const queryOf = ({ originalUrl }: Pick<Request, 'originalUrl'>): URLSearchParams =>
  parsed(originalUrl.split('?').slice(1).join('?'));

/** The fields of a form. */
export const formOf = ({ body }: { readonly body?: unknown }): URLSearchParams => parsed(typeof body === 'string' ? body : '');

/** @throws {Problem} 400 for what PostgreSQL does not take. */
function parsed(text: string): URLSearchParams {
  const fields = new URLSearchParams(text);
  storable([...fields], []);
  return fields;
}
