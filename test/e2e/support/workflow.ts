import type { WorkflowHandle } from '@temporalio/client';
import { conversationWorkflowId } from '../../../workflows/signals.ts';
import type { Installation } from './installation.ts';

/** A conversation's workflow, as the Temporal Web UI shows it. */
export interface SeenWorkflow {
  readonly handle: WorkflowHandle;
  /** What it does and waits for, in sentences. */
  details(): Promise<string>;
  /** How many activities have been started and have not ended. */
  underWay(): Promise<number>;
  /** Of each activity that ended, the attempt that did. */
  attempts(): Promise<readonly number[]>;
}

/** Looks at the workflow of a conversation. */
export function workflowOf({ workflows }: Installation, conversation: string): SeenWorkflow {
  const handle = workflows.getHandle(conversationWorkflowId(conversation));
  return {
    handle,
    details: async () => (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails,
    underWay: async () => {
      const { raw } = await handle.describe();
      return (raw.pendingActivities ?? []).filter(({ lastStartedTime, attempt }) => lastStartedTime !== null && attempt === 1)
        .length;
    },
    attempts: async () => {
      const { events } = await handle.fetchHistory();
      return (events ?? []).flatMap(({ activityTaskStartedEventAttributes: started }) => started?.attempt ?? []);
    },
  };
}
