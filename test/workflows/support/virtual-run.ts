import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../../activities/index.ts';
import { systems } from '../../../activities/systems.ts';
import { createDispatch, ring } from '../../../src/dispatch.ts';
import { createLog } from '../../../src/log.ts';
import { createSweep } from '../../../src/sweep.ts';
import type { Sweep } from '../../../src/sweep.ts';
import { connectTemporal } from '../../../src/temporal.ts';
import type { Temporal } from '../../../src/temporal.ts';
import { accountWorkflowId, conversationWorkflowId, systemQueue } from '../../../workflows/signals.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { newId } from '../../../src/db/new-id.ts';
import { say } from '../../engine/support/world.ts';
import type { World } from '../../engine/support/world.ts';
import { workflowBundle } from '../../support/temporal.ts';
import { knowSearchAttributes } from './quiet-runtime.ts';

/** A world whose workflows run, on a server whose time passes as the test wants. */
export interface VirtualRun {
  readonly temporal: Temporal;
  readonly sweep: Sweep;
  /** Accepts a message and rings, as the API does. */
  say(conversation: ConversationId, text: string, role?: 'appUser' | 'appMaker'): Promise<void>;
  /** Lets time pass, with all that happens meanwhile. */
  pass(ms: number): Promise<void>;
  /** What the workflow says of itself. */
  details(conversation: ConversationId): Promise<string>;
  /** A workflow of this run: its current run, or one of before. */
  workflow(workflowId: string, runId?: string): WorkflowHandle;
  stop(): Promise<void>;
}

export async function runVirtually(environment: TestWorkflowEnvironment, world: World): Promise<VirtualRun> {
  const taskQueue = `test-${newId<ConversationId>()}`;
  const log = createLog('silent');
  const options = { address: environment.address, namespace: 'default', taskQueue, tls: false };
  await knowSearchAttributes(environment);
  const temporal = connectTemporal(options);
  const follow = async (): Promise<void> => world.clock.set(await environment.currentTimeMs());
  const workers = await createWorkers(environment, world, taskQueue, temporal);
  const running = Promise.all(workers.map((worker) => worker.run()));
  const dispatch = createDispatch({ db: world.db, temporal, log });
  const workflow = (workflowId: string, runId?: string): WorkflowHandle =>
    environment.client.workflow.getHandle(workflowId, runId);
  const handle = (conversation: ConversationId): WorkflowHandle => workflow(conversationWorkflowId(conversation));
  return {
    temporal,
    sweep: createSweep({ db: world.db, temporal, clock: world.clock, log }),
    say: async (conversation, text, role) => {
      await follow();
      const accepted = await say(world, conversation, text, role);
      dispatch.ring({ conversation, lanes: accepted.rung, seq: accepted.seq });
      await dispatch.drain();
    },
    pass: async (ms) => {
      await environment.sleep(ms);
      await follow();
    },
    details: async (conversation) =>
      (await handle(conversation).query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails,
    workflow,
    stop: async () => {
      // What nobody works on any more would hold up the time of the next test.
      const conversations = await world.db.selectFrom('conversations').select('id').execute();
      const accounts = await world.db.selectFrom('accounts').select(['system', 'key']).execute();
      for (const workflowId of [
        ...conversations.map(({ id }) => conversationWorkflowId(id)),
        ...accounts.map(({ system, key }) => accountWorkflowId(system, key)),
      ])
        await workflow(workflowId)
          .terminate()
          .catch(() => undefined);
      for (const worker of workers) worker.shutdown();
      await running;
      await temporal.close();
    },
  };
}

/** Each activity starts at the server's time, not at the wall's. */
async function createWorkers(
  environment: TestWorkflowEnvironment,
  world: World,
  taskQueue: string,
  temporal: Temporal,
): Promise<readonly Worker[]> {
  const deps = {
    ports: world.ports,
    ring: async (threads: Parameters<Parameters<typeof createActivities>[1]['ring']>[0]) => {
      for (const { conversation, thread, system, label } of threads)
        await ring({ db: world.db, temporal }, { conversation, threads: [{ thread, system, label }] });
    },
    onFault: (error: unknown) => world.failures.push(error),
  };
  const { nativeConnection: connection } = environment;
  return await Promise.all([
    Worker.create({ connection, taskQueue, workflowBundle: workflowBundle() }),
    ...systems.map((system) => {
      const activities = Object.entries(createActivities(system, deps)).map(([name, activity]) => {
        const inTime = (input: never): Promise<unknown> => {
          world.clock.set(Context.current().info.currentAttemptScheduledTimestampMs);
          return activity(input);
        };
        return [name, inTime] as const;
      });
      return Worker.create({
        connection,
        taskQueue: systemQueue(taskQueue, system.name),
        activities: Object.fromEntries(activities),
      });
    }),
  ]);
}
