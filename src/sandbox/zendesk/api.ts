import { type Answer, Refusal, withHeaders } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import { findRoute } from '../routes.ts';
import { accountRoutes } from './account/account-routes.ts';
import { refuseOverLimit, takeIncremental, takeRequest, takeTicketUpdate, takeUserWrite } from './account/limits.ts';
import type { ZendeskSession } from './account/session.ts';
import type { ApiRoute, Call } from './call.ts';
import { tokenRoutes } from './oauth/routes.ts';
import { requireScope } from './oauth/scopes.ts';
import { authenticate } from './oauth/token.ts';
import { forbidden, invalidEndpoint } from './problem.ts';
import { exportRoutes } from './tickets/export-routes.ts';
import { historyRoutes } from './tickets/history-routes.ts';
import { tagRoutes } from './tickets/tag-routes.ts';
import { ticketRoutes } from './tickets/ticket-routes.ts';
import { categoryRoutes, triggerOrderRoutes } from './triggers/trigger-order-routes.ts';
import { triggerRoutes } from './triggers/trigger-routes.ts';
import { uploadRoutes } from './uploads/upload-routes.ts';
import { identityRoutes } from './users/identity-routes.ts';
import { userFieldRoutes } from './users/user-field-routes.ts';
import { userRoutes } from './users/user-routes.ts';
import { invocationRoutes } from './webhooks/invocation-routes.ts';
import { webhookRoutes } from './webhooks/webhook-routes.ts';

const ROUTES: readonly ApiRoute[] = [
  ...tokenRoutes,
  ...userRoutes,
  ...identityRoutes,
  ...userFieldRoutes,
  ...ticketRoutes,
  ...historyRoutes,
  ...tagRoutes,
  ...exportRoutes,
  ...uploadRoutes,
  ...accountRoutes,
  ...triggerOrderRoutes,
  ...triggerRoutes,
  ...categoryRoutes,
  ...invocationRoutes,
  ...webhookRoutes,
];

type Result = Answer | (() => Promise<Answer>);

/** Answers a call of the API. What a refused call had begun is undone; that it was counted stays. */
export async function answerApi(session: ZendeskSession, exchange: Exchange, url: string): Promise<Result> {
  const { verdict, headers } = takeRequest(session);
  const counted: Record<string, string> = { ...headers, 'x-zendesk-request-id': String(session.nextId()) };
  try {
    refuseOverLimit(verdict);
    const result = await answerRoute(session, exchange, url, counted);
    return typeof result === 'function' ? async () => withHeaders(await result(), counted) : withHeaders(result, counted);
  } catch (error) {
    if (error instanceof Refusal) return withHeaders(error.answer, counted);
    throw error;
  }
}

async function answerRoute(
  session: ZendeskSession,
  exchange: Exchange,
  url: string,
  counted: Record<string, string>,
): Promise<Result> {
  const { token, user } = await authenticate(session, exchange.headers.authorization);
  const found = findRoute(ROUTES, exchange.method, exchange.path);
  if (!found) throw invalidEndpoint();
  const { route, params } = found;
  requireScope(token.scopes, exchange.method, route.resource);
  if (user.role === 'end-user' || (route.allowed === 'admin' && user.role !== 'admin')) throw forbidden();
  const call: Call = { session, exchange, params, url, user, token };
  Object.assign(counted, await count(call, route));
  return session.attempt(() => route.answer(call));
}

async function count(call: Call, route: ApiRoute): Promise<Readonly<Record<string, string>>> {
  if (route.counts === 'ticketUpdate') return takeTicketUpdate(call.session, Number(call.params.id), call.user.id);
  if (route.counts === 'userWrite') await takeUserWrite(call.session);
  if (route.counts === 'incremental') takeIncremental(call.session);
  return {};
}

/** The path without `/api/v2` and `.json`. Webhook endpoints must not carry `.json`, so there it stays, and finds nothing. */
export function apiPath(path: string): string {
  const bare = path.replace(/^\/api\/v2(?=\/)/, '').replace(/\/+$/, '');
  return /^\/webhooks\b/.test(bare) ? bare : bare.replace(/\.json$/, '');
}
