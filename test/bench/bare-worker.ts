import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';

export interface BareActivities {
  nothing(workflowId: string): Promise<void>;
}

/** Run as a child: runs the bare workflow with the worker settings of Deskbridge, and tells its parent of each activity. */
if (import.meta.main) {
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const activities: BareActivities = {
    nothing: (workflowId) => {
      process.send?.(workflowId);
      return Promise.resolve();
    },
  };
  const workflowsPath = fileURLToPath(new URL('bare-workflow.ts', import.meta.url));
  const workers = await Promise.all([
    Worker.create({ connection, namespace: 'default', taskQueue: 'bare', workflowsPath, maxCachedWorkflows: 2_000 }),
    Worker.create({
      connection,
      namespace: 'default',
      taskQueue: 'bare-activities',
      activities,
      maxConcurrentActivityTaskExecutions: 50,
    }),
  ]);
  process.send?.('ready');
  await Promise.all(workers.map((worker) => worker.run()));
}
