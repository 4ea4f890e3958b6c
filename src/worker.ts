import { NativeConnection, Worker } from '@temporalio/worker';
import type { ActivityInterceptorsFactory, WorkflowBundleOption } from '@temporalio/worker';
import { PLACES_OF_AN_ACCOUNT } from '../activities/crowd.ts';
import { createActivities } from '../activities/index.ts';
import type { ActivityDeps } from '../activities/index.ts';
import type { BusinessSystem } from '../activities/business-system.ts';
import { systemQueue } from '../workflows/signals.ts';
import { SECOND } from './domain/time.ts';
import { connectionOptions } from './temporal.ts';
import type { TemporalOptions } from './temporal.ts';
import { WORKFLOWS } from './workflow-bundle.ts';

export interface WorkerDeps extends ActivityDeps {
  readonly temporal: TemporalOptions;
  readonly systems: readonly BusinessSystem[];
  /** Workflows that were bundled before; else they are bundled now, in about a second. */
  readonly workflowBundle?: WorkflowBundleOption;
  /** What looks on at activities. */
  readonly interceptors?: readonly ActivityInterceptorsFactory[];
}

/** What runs workflows and activities. */
export interface RunningWorker {
  /** Resolves when it has stopped; rejects when it failed. */
  readonly stopped: Promise<void>;
  /** Takes no more work, and lets what is under way come to an end. */
  stop(): void;
  close(): Promise<void>;
}

/** How long work that is under way may take to end when the process is asked to. */
const GRACE_MS = 20 * SECOND;
/** Of one system, in one process. What a slow system holds up is its own. */
const ACTIVITIES_AT_ONCE = 2 * PLACES_OF_AN_ACCOUNT;
const CACHED_WORKFLOWS = 2_000;

/** Starts one worker for the workflows and one for each system's activities, on queues of their own. */
export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  const connection = await NativeConnection.connect(connectionOptions(deps.temporal));
  const { namespace, taskQueue } = deps.temporal;
  const common = { connection, namespace, shutdownGraceTime: GRACE_MS, shutdownForceTime: GRACE_MS + 5 * SECOND };
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue, maxCachedWorkflows: CACHED_WORKFLOWS, ...workflowsOf(deps) }),
    ...deps.systems.map((system) =>
      Worker.create({
        ...common,
        taskQueue: systemQueue(taskQueue, system.name),
        activities: createActivities(system, deps),
        interceptors: { activity: [...(deps.interceptors ?? [])] },
        maxConcurrentActivityTaskExecutions: ACTIVITIES_AT_ONCE,
        // Heartbeats are held back for at most so long, or a killed worker would be noticed late.
        maxHeartbeatThrottleInterval: 3 * SECOND,
      }),
    ),
  ]);
  const stop = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const running = workers.map(async (worker) => {
    try {
      await worker.run();
    } finally {
      // One that fails takes the others along: a half-running process would look healthy.
      stop();
    }
  });
  return { stopped: Promise.all(running).then(() => undefined), stop, close: () => connection.close() };
}

const workflowsOf = (deps: WorkerDeps) =>
  deps.workflowBundle === undefined ? { workflowsPath: WORKFLOWS } : { workflowBundle: deps.workflowBundle };
