import { condition, defineSignal, proxyActivities, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { BareActivities } from './bare-worker.ts';

export const poke = defineSignal('bell');

/** The shape of a conversation with nothing of Deskbridge in it: a signal opens a window, and after it one activity does nothing. */
export async function bare(windowMs: number): Promise<never> {
  const { nothing } = proxyActivities<BareActivities>({ startToCloseTimeout: '1 minute', taskQueue: 'bare-activities' });
  let rung = false;
  setHandler(poke, () => void (rung = true));
  for (;;) {
    await condition(() => rung);
    rung = false;
    await sleep(windowMs);
    await nothing(workflowInfo().workflowId);
  }
}
