import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities, SystemActivities } from '../activities/contract.ts';
import { systemQueue } from './signals.ts';

/** Within this many attempts a fault is short; after them the lane waits, visibly. */
const ATTEMPTS = 5;

/**
 * The activities of a system, on the system's own queue: a slow system delays only itself.
 * @param summary what the call is for, as people read it in the Web UI.
 */
export function activitiesOf(system: string, summary: string): SystemActivities {
  const activities = proxyActivities<Activities>({
    taskQueue: systemQueue(workflowInfo().taskQueue, system),
    summary,
    startToCloseTimeout: '5 minutes',
    heartbeatTimeout: '20 seconds',
    retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '30 seconds', maximumAttempts: ATTEMPTS },
  });
  return {
    deliver: (input) => known(activities[`${system}.deliver`])(input),
    collect: (input) => known(activities[`${system}.collect`])(input),
    reconcile: (input) => known(activities[`${system}.reconcile`])(input),
    apply: (input) => known(activities[`${system}.apply`])(input),
    poll: (input) => known(activities[`${system}.poll`])(input),
  };
}

/** Every name is known to the proxy; whether a worker serves it shows when it is called. */
function known<Activity>(activity: Activity | undefined): Activity {
  if (activity === undefined) throw new TypeError('an activity without a name');
  return activity;
}
