import express from 'express';
import type { Running } from '../roles/running.ts';
import { serve } from '../serve.ts';
import type { Wiring } from '../wiring.ts';
import { healthRoutes } from './health.ts';

/**
 * Serves what operators look at, on an address of its own: health and metrics. Nothing of it belongs on the internet.
 * @returns `undefined` when no port is configured.
 */
export async function serveOperations(
  wiring: Wiring,
  about: { readonly needsTemporal: boolean },
): Promise<Pick<Running, 'stop'> | undefined> {
  const { config, db, temporal, log } = wiring;
  if (config.metrics === undefined) return undefined;
  const app = express();
  app.disable('x-powered-by');
  app.use(healthRoutes({ db, temporal, ...about }));
  const listening = await serve(app, config.metrics);
  log.info(config.metrics, 'health and metrics are served');
  return listening;
}
