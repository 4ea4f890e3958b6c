import { Router } from 'express';
import type { Request, Response } from 'express';
import { addressOf } from '../../api/failed-attempts.ts';
import { noteDeed } from '../../db/console/audit.ts';
import { findAdministrator, keepAdministrator, listAdministrators } from '../../db/console/administrators.ts';
import { endSession } from '../../db/console/sessions.ts';
import { isSignInLink, takeSignInLink } from '../../db/console/sign-in-links.ts';
import type { AdministratorId } from '../../domain/ids.ts';
import { bareFrame } from '../frame.ts';
import type { ConsoleDeps } from '../deps.ts';
import { formOf, queryOf, readForm } from '../router.ts';
import { refuseOtherSites, sessionOver } from '../same-site.ts';
import { sendMarkup } from '../send.ts';
import { hashPassword, isPassword } from './password.ts';
import { readCredentials } from './credentials.ts';
import { beginSession, currentSession, forgetCookie, isCsrfToken } from './session.ts';
import { linkOver, signInForm, welcomeForm } from './sign-in-pages.ts';
import type { BarePage } from './sign-in-pages.ts';
import { TOO_MANY } from './throttle.ts';

/** Signing in with a password or a one-time link, and out again: all that needs no session. */
export function signInRoutes(deps: ConsoleDeps): Router {
  const router = Router();
  router.get('/sign-in', (request, response) => askWho(deps, request, response));
  router.post('/sign-in', refuseOtherSites, readForm, (request, response) => signIn(deps, request, response));
  router.get('/welcome', (request, response) => welcome(deps, request, response));
  router.post('/welcome', refuseOtherSites, readForm, (request, response) => arrive(deps, request, response));
  router.post('/sign-out', refuseOtherSites, readForm, (request, response) => signOut(deps, request, response));
  return router;
}

const send = (response: Response, status: number, page: BarePage): void => sendMarkup(response, status, bareFrame(page).markup);

async function askWho(deps: ConsoleDeps, request: Request, response: Response): Promise<void> {
  const isNew = (await listAdministrators(deps.db)).length === 0;
  send(response, 200, signInForm({ to: wayOf(queryOf(request).get('to')), isNew }));
}

async function signIn(deps: ConsoleDeps, request: Request, response: Response): Promise<void> {
  const form = formOf(request);
  const [email, password, to] = [form.get('email')?.trim() ?? '', form.get('password') ?? '', wayOf(form.get('to'))];
  const { throttle } = deps;
  const place = addressOf(request);
  if (!(await throttle.mayTry(email, place))) {
    return send(response, 429, signInForm({ to, email, problem: TOO_MANY }));
  }
  const administrator = await findAdministrator(deps.db, email);
  if (!(await isPassword(password, administrator?.password)) || administrator === undefined) {
    await throttle.failed(email, place);
    deps.log.warn({ place }, 'somebody could not sign in to the console');
    return send(response, 403, signInForm({ to, email, problem: 'The e-mail address or the password is wrong.' }));
  }
  await throttle.succeeded(email);
  await enter(deps, response, { ...administrator, to });
}

async function enter(
  deps: ConsoleDeps,
  response: Response,
  who: { readonly id: AdministratorId; readonly email: string; readonly to: string },
): Promise<void> {
  await beginSession(deps, response, who.id);
  await noteDeed(deps.db, { at: deps.clock.now(), who: who.email, action: 'signed in', subject: '' });
  response.redirect(303, who.to);
}

/** Looking at a link, as programs that preview links do, does not use it up. */
async function welcome(deps: ConsoleDeps, request: Request, response: Response): Promise<void> {
  const token = queryOf(request).get('token') ?? '';
  if (!(await isSignInLink(deps.db, token, deps.clock.now()))) return send(response, 404, linkOver());
  const [first] = await listAdministrators(deps.db);
  send(response, 200, welcomeForm({ token, isNew: first === undefined, email: first?.email }));
}

async function arrive(deps: ConsoleDeps, request: Request, response: Response): Promise<void> {
  const form = formOf(request);
  const token = form.get('token') ?? '';
  const given = readCredentials(form);
  if ('problems' in given) {
    const isNew = (await listAdministrators(deps.db)).length === 0;
    return send(response, 400, welcomeForm({ token, isNew, email: form.get('email') ?? '', problems: given.problems }));
  }
  const now = deps.clock.now();
  if (!(await takeSignInLink(deps.db, token, now))) return send(response, 404, linkOver());
  const { email } = given;
  const id = await keepAdministrator(deps.db, { email, password: await hashPassword(given.password), now });
  await noteDeed(deps.db, { at: now, who: email, action: 'chose a password, by a one-time link', subject: email });
  await enter(deps, response, { id, email, to: '/console/apps' });
}

async function signOut(deps: ConsoleDeps, request: Request, response: Response): Promise<void> {
  const session = await currentSession(deps, request, response);
  if (session !== undefined) {
    if (!isCsrfToken(deps.vault, session, formOf(request).get('csrf') ?? '')) throw sessionOver();
    await endSession(deps.db, session.hash);
  }
  forgetCookie(deps, response);
  response.redirect(303, '/console/sign-in');
}

/** Where to go after signing in: a page of the console and nowhere else. */
function wayOf(wanted: string | null): string {
  return wanted !== null && /^\/console(\/[\w/-]*)?(\?[^\s\\]*)?$/.test(wanted) ? wanted : '/console/apps';
}
