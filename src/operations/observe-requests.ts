import type { Request, RequestHandler, Response } from 'express';
import { requestIdOf } from '../api/request-id.ts';
import { withFacts } from '../log.ts';
import type { Facts, Log } from '../log.ts';
import type { Metrics } from './metrics.ts';

/** Probes come every few seconds and say nothing when all is well. */
const PROBES = new Set(['/healthz', '/readyz']);

/** Logs and measures each request once it is answered: never its address, which may hold names and secrets, only the route. */
export const observeRequests =
  ({ log, metrics }: { readonly log: Log; readonly metrics: Metrics }): RequestHandler =>
  (request, response, next) => {
    const began = performance.now();
    const facts: Facts = { requestId: requestIdOf(response) };
    response.once('close', () => {
      const ms = Math.round(performance.now() - began);
      const route = routeOf(request, response);
      const { method } = request;
      const isCutOff = !response.writableFinished;
      const line = { ...facts, method, route, status: response.statusCode, ms, ...(isCutOff ? { isCutOff } : {}) };
      if (PROBES.has(route)) return log.debug(line, 'answered');
      log.info(line, isCutOff ? 'the other side left before the answer' : 'answered');
      const status = isCutOff ? 'none' : `${Math.floor(response.statusCode / 100)}xx`;
      metrics.httpSeconds.observe({ method: METHODS.has(method) ? method : 'other', route, status }, ms / 1_000);
    });
    withFacts(facts, next);
  };

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Keeps the address below which a router serves: an error that leaves the router takes the knowledge along. */
export const keepMount: RequestHandler = (request, response, next) => {
  response.locals['mount'] = request.baseUrl.toLowerCase();
  next();
};

/** The pattern that matched: `/v1.1/appusers/*user/messages`. Of several that mean the same, the first. */
function routeOf(request: Request, response: Response): string {
  const route: unknown = request.route;
  const path = typeof route === 'object' && route !== null && 'path' in route ? route.path : undefined;
  const first: unknown = Array.isArray(path) ? path[0] : path;
  if (typeof first !== 'string') return 'none';
  const mount: unknown = response.locals['mount'];
  return `${typeof mount === 'string' ? mount : ''}${first}`;
}
