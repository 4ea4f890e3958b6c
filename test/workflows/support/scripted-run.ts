import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { CollectResult, LaneBell, RoundResult, ThreadBell } from '../../../activities/contract.ts';
import { newId } from '../../../src/db/new-id.ts';
import { toId } from '../../../src/domain/ids.ts';
import type { ConversationId, DestinationId } from '../../../src/domain/ids.ts';
import { connectTemporal } from '../../../src/temporal.ts';
import type { Temporal } from '../../../src/temporal.ts';
import { conversationWorkflowId, systemQueue } from '../../../workflows/signals.ts';
import type { Bell } from '../../../workflows/signals.ts';
import { workflowBundle } from '../../support/temporal.ts';
import { knowSearchAttributes } from './quiet-runtime.ts';

/** A conversation's workflow by itself: what rounds and collects answer is scripted by the test. */
export interface ScriptedRun {
  readonly conversation: ConversationId;
  readonly temporal: Temporal;
  /** Rings lanes by their destination, with a window of five seconds. */
  ring(destination: string, since?: number): Promise<void>;
  bell(bell: Bell): Promise<void>;
  signal(name: string, ...args: unknown[]): Promise<void>;
  /** What the next round of a destination does; without a script it sends all there is. */
  round(destination: string, script: (input: { readonly destination: string }) => Promise<RoundResult>): void;
  collect(script: () => Promise<CollectResult>): void;
  /** Rounds that were begun, by destination, in order. */
  readonly rounds: readonly string[];
  details(): Promise<string>;
  status(): Promise<string>;
  /** What Temporal knows of it besides its history. */
  describe(): Promise<WorkflowExecutionDescription>;
  /** Events of the current run, and the id of that run. */
  history(): Promise<{ readonly runId: string; readonly types: readonly number[] }>;
  now(): Promise<number>;
  pass(ms: number): Promise<void>;
  stop(): Promise<void>;
}

const WINDOW_MS = 5_000;

export async function runScripted(environment: TestWorkflowEnvironment): Promise<ScriptedRun> {
  await knowSearchAttributes(environment);
  const taskQueue = `test-${newId<ConversationId>()}`;
  const conversation = newId<ConversationId>();
  const temporal: Temporal = connectTemporal({ address: environment.address, namespace: 'default', taskQueue, tls: false });
  const scripts = new Map<string, ((input: { readonly destination: string }) => Promise<RoundResult>)[]>();
  const collects: (() => Promise<CollectResult>)[] = [];
  const rounds: string[] = [];
  const activities = {
    'desk.deliver': async (input: { readonly destination: string }): Promise<RoundResult> => {
      rounds.push(input.destination);
      return (await scripts.get(input.destination)?.shift()?.(input)) ?? { summary: 'sent' };
    },
    'desk.collect': async (): Promise<CollectResult> => (await collects.shift()?.()) ?? { summary: 'nothing new', behind: [] },
  };
  const { nativeConnection: connection, client } = environment;
  const workers = await Promise.all([
    Worker.create({ connection, taskQueue, workflowBundle: workflowBundle() }),
    Worker.create({ connection, taskQueue: systemQueue(taskQueue, 'desk'), activities }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  const handle = () => client.workflow.getHandle(conversationWorkflowId(conversation));
  const bell = (rung: Bell): Promise<void> => temporal.ring({ conversation, app: toId('app1'), appUser: toId('user1') }, rung);
  return {
    conversation,
    temporal,
    rounds,
    bell,
    ring: async (destination, since) => bell({ lanes: [laneBell(destination, since ?? (await environment.currentTimeMs()))] }),
    signal: (name, ...args) => handle().signal(name, ...args),
    round: (destination, script) => void scripts.set(destination, [...(scripts.get(destination) ?? []), script]),
    collect: (script) => void collects.push(script),
    details: async () => (await handle().query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails,
    status: async () => (await handle().describe()).status.name,
    describe: () => handle().describe(),
    history: async () => {
      const { runId } = await handle().describe();
      const { events } = await client.workflow.getHandle(conversationWorkflowId(conversation), runId).fetchHistory();
      return { runId, types: (events ?? []).map(({ eventType }) => Number(eventType)) };
    },
    now: () => environment.currentTimeMs(),
    pass: (ms) => environment.sleep(ms),
    stop: async () => {
      // What nobody works on any more would hold up the time of the next test.
      await handle()
        .terminate()
        .catch(() => undefined);
      for (const worker of workers) worker.shutdown();
      await running;
      await temporal.close();
    },
  };
}

export const laneBell = (destination: string, since: number): LaneBell => ({
  destination: toId<DestinationId>(destination),
  system: 'desk',
  label: `Desk ${destination}`,
  windowMs: WINDOW_MS,
  since,
});

export const threadBell = (thread: string): ThreadBell => ({ thread: toId(thread), system: 'desk', label: `ticket ${thread}` });
