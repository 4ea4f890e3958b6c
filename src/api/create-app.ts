import express from 'express';
import type { Express, RequestHandler, Router } from 'express';
import { healthRoutes } from '../operations/health.ts';
import { keepMount, observeRequests } from '../operations/observe-requests.ts';
import { answerError } from './answer.ts';
import { connectRoutes } from './connect/connect-routes.ts';
import { installRoutes } from './connect/install-routes.ts';
import type { ApiDeps } from './deps.ts';
import { createFailedAttempts } from './failed-attempts.ts';
import { hookRoutes } from './hooks.ts';
import { integrationRoutes } from './integrations/integration-routes.ts';
import { conversationRoutes } from './messages/conversation-routes.ts';
import { assetRoutes } from './pages/page.ts';
import { notFound } from './problem.ts';
import { requestId } from './request-id.ts';
import { createRouter } from './route.ts';
import { transcriptRoutes } from './transcripts/transcript-routes.ts';
import { securityHeaders } from './security-headers.ts';
import { businessSystemRoutes } from './users/business-systems.ts';
import { deviceRoutes } from './users/device-routes.ts';
import { initRoutes } from './users/init-route.ts';
import { newUserRoutes, userRoutes } from './users/user-routes.ts';
import { webhookRoutes } from './webhooks/webhook-routes.ts';

/**
 * The HTTP side of Deskbridge: the Smooch API in its versions 1 and 1.1, the hooks of the business systems, the pages of the
 * connect flows, and health. It answers every address.
 * @param console the web console, mounted below `/console`.
 */
export function createApp(deps: ApiDeps, console?: Router): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', deps.trustedProxies);
  app.use(requestId, observeRequests(deps), ...securityHeaders(deps.settings.publicUrl), refuseOptions);
  app.use(healthRoutes(deps));
  app.use(['/hooks', '/connect', '/transcripts', '/assets', '/v1.1', '/v1'], keepMount);
  const guarded = { ...deps, attempts: createFailedAttempts() };
  app.use('/hooks', hookRoutes(guarded));
  app.use('/connect', connectRoutes(deps), installRoutes(deps));
  app.use('/transcripts', transcriptRoutes(deps));
  app.use('/assets', assetRoutes());
  if (console !== undefined) app.use('/console', console);
  const routes = [
    ...initRoutes(deps),
    ...newUserRoutes(deps),
    ...conversationRoutes(deps),
    ...businessSystemRoutes(deps),
    ...deviceRoutes(deps),
    ...userRoutes(deps),
    ...webhookRoutes(deps),
    ...integrationRoutes(deps),
  ];
  app.use('/v1.1', createRouter(guarded, 'v1.1', routes));
  app.use('/v1', createRouter(guarded, 'v1', routes));
  app.use(refuseAll);
  app.use(answerError(deps.log));
  return app;
}

const refuseAll: RequestHandler = () => {
  throw notFound('there is nothing at this address');
};

/** Express would answer these by itself. Pages of other sites have no business here: keys and their secrets are not for browsers. */
const refuseOptions: RequestHandler = (request, response, next) => {
  if (request.method !== 'OPTIONS') return next();
  return refuseAll(request, response, next);
};
