import { join } from 'node:path';
import express, { Router } from 'express';
import type { ErrorRequestHandler, Router as ExpressRouter } from 'express';
import { hasLeft, problemOf } from '../api/answer.ts';
import { notFound } from '../api/problem.ts';
import { html } from '../domain/html.ts';
import { administratorRoutes } from './administrators/administrator-routes.ts';
import { appRoutes } from './apps/app-routes.ts';
import { auditRoutes } from './audit/audit-routes.ts';
import { conversationRoutes } from './conversations/conversation-routes.ts';
import type { ConsoleDeps } from './deps.ts';
import { bareFrame } from './frame.ts';
import { integrationRoutes } from './integrations/integration-routes.ts';
import { keyRoutes } from './keys/key-routes.ts';
import { parkedRoutes } from './parked/parked-routes.ts';
import { createRoutes } from './router.ts';
import { sendMarkup } from './send.ts';
import { tryRoutes } from './try/try-routes.ts';
import { webhookRoutes } from './webhooks/webhook-routes.ts';
import { createThrottle } from './sign-in/throttle.ts';
import { signInRoutes } from './sign-in/sign-in-routes.ts';

/** The web console, to be mounted below `/console`. */
export function createConsole(given: Omit<ConsoleDeps, 'throttle'>): ExpressRouter {
  const deps = { ...given, throttle: createThrottle() };
  const router = Router();
  router.use('/assets', assets);
  router.use(signInRoutes(deps));
  router.use(
    createRoutes(deps, [
      ...appRoutes,
      ...integrationRoutes,
      ...conversationRoutes,
      ...parkedRoutes,
      ...webhookRoutes,
      ...tryRoutes,
      ...keyRoutes,
      ...auditRoutes,
      ...administratorRoutes,
    ]),
  );
  router.use(() => {
    throw notFound('There is nothing at this address.');
  });
  router.use(answerWithPage(deps));
  return router;
}

/** Kept by browsers, and asked for again after an hour; the API's own headers say otherwise for everything. */
const assets = express.static(join(import.meta.dirname, 'assets'), {
  index: false,
  setHeaders: (response) => void response.setHeader('Cache-Control', 'public, max-age=3600'),
});

const answerWithPage =
  ({ log }: Pick<ConsoleDeps, 'log'>): ErrorRequestHandler =>
  (error: unknown, _request, response, next) => {
    // Without the error, which Express would print.
    if (hasLeft(response)) return next();
    const { status, message } = problemOf(error, response, log);
    const title = status === 404 ? 'Nothing here' : status < 500 ? 'Not done' : 'Something is out of order';
    const more = status >= 500 && html`<p>Nothing was lost. Try again in a moment; the log of the API says more.</p>`;
    sendMarkup(
      response,
      status,
      bareFrame({
        title,
        body: html`<p>${message}</p>
          ${more}
          <p><a href="/console/apps">To your apps</a></p>`,
      }).markup,
    );
  };
