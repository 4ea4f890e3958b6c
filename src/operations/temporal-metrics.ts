import { createServer } from 'node:net';
import type { PrometheusMetricsExporter } from '@temporalio/worker';
import { SECOND } from '../domain/time.ts';

/** The metrics of Temporal's SDK, which serves them by itself and on a port of its own. */
export interface TemporalMetrics {
  /** How the SDK is to serve them: named as Prometheus wants it, in seconds. */
  readonly exporter: PrometheusMetricsExporter['prometheus'];
  /** What it serves, in Prometheus' text format. */
  readonly read: () => Promise<string>;
}

/** Finds a port for the SDK that only this machine reaches: what it serves is passed on with our own. */
export async function placeTemporalMetrics(): Promise<TemporalMetrics> {
  const bindAddress = `127.0.0.1:${await freePort()}`;
  return {
    exporter: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
    read: async () => {
      const answer = await fetch(`http://${bindAddress}/metrics`, { signal: AbortSignal.timeout(2 * SECOND) });
      return await answer.text();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free for the metrics of the Temporal SDK');
  return address.port;
}
