import { SdkComponent } from '@temporalio/common';
import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Logger } from '@temporalio/worker';
import { existsSync } from 'node:fs';
import { systems } from '../../activities/systems.ts';
import { adoptFacts } from '../db/integrations/adopt-facts.ts';
import { ring } from '../dispatch.ts';
import type { Log } from '../log.ts';
import { placeTemporalMetrics } from '../operations/temporal-metrics.ts';
import { observeActivities } from '../operations/observe-activities.ts';
import { createRetention } from '../operations/retention.ts';
import { createSweep } from '../sweep.ts';
import { startWorker } from '../worker.ts';
import { PREBUILT } from '../workflow-bundle.ts';
import type { Wiring } from '../wiring.ts';
import type { Operated } from './running.ts';

/** Runs workflows and activities, and sweeps. Any number of these may run. */
export async function runWorker(wiring: Wiring): Promise<Operated> {
  const { config, db, temporal, log, metrics, tracing, ports } = wiring;
  const temporalMetrics = config.metrics === undefined ? undefined : await placeTemporalMetrics();
  // Signals are the business of main.ts: it stops things in order.
  Runtime.install({
    logger: workerLog(log),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(temporalMetrics === undefined ? {} : { metrics: { prometheus: temporalMetrics.exporter } }),
    },
  });
  const worker = await startWorker({
    temporal: config.temporal,
    systems,
    ports,
    interceptors: [observeActivities({ log, metrics, tracing })],
    ring: async (threads) => {
      for (const { conversation, thread, system, label } of threads) {
        await ring({ db, temporal }, { conversation, threads: [{ thread, system, label }] });
      }
    },
    onFault: (error, activity) => log.error({ err: error, activity }, 'an activity failed for a reason of ours'),
    ...(existsSync(PREBUILT) ? { workflowBundle: { codePath: PREBUILT } } : {}),
  });
  const sweep = createSweep({ db, temporal, clock: ports.clock, log, metrics });
  await adoptFacts(db, systems);
  sweep.start();
  const { retentionDays: days } = config;
  const retention = days === undefined ? undefined : createRetention({ db, clock: ports.clock, log, metrics, days });
  retention?.start();
  log.info({ taskQueue: config.temporal.taskQueue }, 'the worker works');
  const stop = async (): Promise<void> => {
    await Promise.all([sweep.stop(), retention?.stop()]);
    worker.stop();
    await worker.stopped;
    await worker.close();
  };
  const operations = { needsTemporal: true, ...(temporalMetrics === undefined ? {} : { moreMetrics: temporalMetrics.read }) };
  return { ended: worker.stopped, stop, operations };
}

/**
 * What Temporal's own code tells, in our log. Its core warns of what an operator must know; the SDK around it also of what is meant
 * to be so, such as a worker for activities alone.
 */
function workerLog(log: Log): Logger {
  const own = log.child({ from: 'temporal' });
  const tell: Logger['log'] = (level, message, meta = {}) => {
    if (level === 'ERROR') own.error(meta, message);
    else if (level === 'WARN' && meta['sdkComponent'] === SdkComponent.core) own.warn(meta, message);
    else own.debug(meta, message);
  };
  return {
    log: tell,
    trace: (message, meta) => tell('TRACE', message, meta),
    debug: (message, meta) => tell('DEBUG', message, meta),
    info: (message, meta) => tell('INFO', message, meta),
    warn: (message, meta) => tell('WARN', message, meta),
    error: (message, meta) => tell('ERROR', message, meta),
  };
}
