import type { Request, RequestHandler, Response } from 'express';
import { requestIdOf } from '../api/request-id.ts';
import { withFacts } from '../log.ts';
import type { Facts, Log } from '../log.ts';
import type { Metrics } from './metrics.ts';
import type { Span, Tracing } from './tracing.ts';

interface Watch {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/** Probes come every few seconds and say nothing when all is well. */
const PROBES = new Set(['/healthz', '/readyz']);
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Logs, measures and traces each request: never its address, which may hold names and secrets, only the route. */
export const observeRequests =
  (watch: Watch): RequestHandler =>
  (request, response, next) => {
    if (PROBES.has(request.path)) return next();
    const began = performance.now();
    const start = { name: request.method, kind: 'server', facts: {}, parent: request.get('traceparent') } as const;
    void watch.tracing.within(start, (span) => {
      const facts: Facts = { requestId: requestIdOf(response), trace: watch.tracing.current()?.split('-')[1] };
      const ended = new Promise<void>((resolve) => response.once('close', resolve));
      withFacts(facts, next);
      return ended.then(() => tell(watch, { request, response, span, facts, ms: Math.round(performance.now() - began) }));
    });
  };

interface Ended {
  readonly request: Request;
  readonly response: Response;
  readonly span: Span;
  readonly facts: Facts;
  readonly ms: number;
}

function tell({ log, metrics }: Watch, { request, response, span, facts, ms }: Ended): void {
  const route = routeOf(request, response);
  const method = METHODS.has(request.method) ? request.method : 'other';
  const isCutOff = !response.writableFinished;
  const { statusCode: status } = response;
  log.info({ ...facts, method, route, status, ms, ...(isCutOff ? { isCutOff } : {}) }, 'answered');
  metrics.httpSeconds.observe({ method, route, status: isCutOff ? 'none' : `${Math.floor(status / 100)}xx` }, ms / 1_000);
  const { requestId, app } = facts;
  const standard = { 'http.request.method': method, 'http.route': route, 'http.response.status_code': status };
  span.tell({ requestId, app, ...standard }, `${method} ${route}`);
  if (status >= 500 || isCutOff) span.failed();
}

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
