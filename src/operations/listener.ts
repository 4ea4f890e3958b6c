import express, { Router } from 'express';
import { collectDefaultMetrics } from 'prom-client';
import { systems } from '../../activities/systems.ts';
import type { Log } from '../log.ts';
import type { Operated, Running } from '../roles/running.ts';
import { serve } from '../serve.ts';
import type { Wiring } from '../wiring.ts';
import { healthRoutes } from './health.ts';
import { createLedgerGauges } from './ledger-gauges.ts';
import type { Metrics } from './metrics.ts';

/**
 * Serves what operators look at, on an address of its own: health and metrics. Nothing of it belongs on the internet.
 * @returns `undefined` when no port is configured.
 */
export async function serveOperations(
  wiring: Wiring,
  { needsTemporal, moreMetrics }: Operated['operations'],
): Promise<Pick<Running, 'stop'> | undefined> {
  const { config, db, temporal, log, metrics, ports } = wiring;
  if (config.metrics === undefined) return undefined;
  collectDefaultMetrics({ register: metrics.registry });
  const refresh = createLedgerGauges({ db, clock: ports.clock, log, metrics, systems });
  const app = express();
  app.disable('x-powered-by');
  app.use(healthRoutes({ db, temporal, needsTemporal }));
  app.use(metricsRoute({ metrics, log, refresh, moreMetrics }));
  const listening = await serve(app, config.metrics);
  log.info(config.metrics, 'health and metrics are served');
  return listening;
}

/** `GET /metrics`, in Prometheus' text format. */
export function metricsRoute(deps: {
  readonly metrics: Pick<Metrics, 'registry'>;
  readonly log: Log;
  readonly refresh: () => Promise<void>;
  readonly moreMetrics?: Operated['operations']['moreMetrics'];
}): Router {
  const { metrics, log, refresh, moreMetrics } = deps;
  const router = Router();
  router.get('/metrics', async (_request, response) => {
    await refresh();
    const theirs = await moreMetrics?.().catch((error: unknown) => {
      log.warn({ err: error }, 'the metrics of the Temporal SDK could not be read');
      return '';
    });
    response.set('Content-Type', metrics.registry.contentType).send(`${await metrics.registry.metrics()}\n${theirs ?? ''}`);
  });
  return router;
}
