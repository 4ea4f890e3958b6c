import {
  condition,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ReconcileResult } from '../activities/contract.ts';
import { MINUTE } from '../src/domain/time.ts';
import { timeOfDay } from '../src/domain/time.ts';
import { activitiesOf } from './activities-of.ts';
import { causeOf, retryAt } from './failure.ts';
import { retire, state, wake } from './signals.ts';
import type { AccountWorkflowInput } from './signals.ts';

/** How often an account is asked for what its webhooks may have missed. */
const POLL_EVERY_MS = 10 * MINUTE;
const CONTINUE_FROM = 1_500;

/**
 * One vendor account: makes the vendor's side match what is wanted, and looks from time to time whether it still does.
 *
 * What is wanted stands in PostgreSQL; a signal only says that it has changed. A kill in the middle, a second signal, a leave during
 * a join: the loop only looks again.
 */
export async function account(input: AccountWorkflowInput): Promise<void> {
  const { system, accountKey } = input;
  let isWoken = true;
  let isRetiring = false;
  let failures = 0;
  let sentence = 'is being looked at.';

  const details = (): string => `${input.headline}\n\n- ${sentence}`;
  const tell = (text: string): void => {
    sentence = text;
    setCurrentDetails(details());
  };
  setHandler(wake, () => {
    isWoken = true;
  });
  setHandler(retire, () => {
    isRetiring = true;
  });
  setDefaultSignalHandler(() => undefined);
  setHandler(state, details);

  /** Applies one step after another until nothing is left to do. */
  async function makeItSo(): Promise<ReconcileResult> {
    for (;;) {
      isWoken = false;
      tell(`is being compared with what is wanted since ${timeOfDay(Date.now())}.`);
      const plan = await activitiesOf(system, 'compare with what is wanted').reconcile({ system, accountKey });
      const [step] = plan.steps;
      if (step === undefined) return plan;
      tell(`${step.summary}, since ${timeOfDay(Date.now())}.`);
      await activitiesOf(system, step.summary).apply({ system, accountKey, step });
    }
  }

  while (!isRetiring && workflowInfo().historyLength < CONTINUE_FROM) {
    let next = Date.now() + POLL_EVERY_MS;
    try {
      const plan = await makeItSo();
      if (!plan.wanted) {
        // A wish that came in meanwhile is not lost: the loop looks once more.
        if (isWoken) continue;
        return;
      }
      await activitiesOf(system, 'ask for changes that no webhook told of').poll({ system, accountKey });
      failures = 0;
      tell(`is as wanted; looked at again at ${timeOfDay(next)}.`);
    } catch (error) {
      if (isCancellation(error)) throw error;
      failures += 1;
      next = retryAt(Date.now(), failures);
      tell(`cannot be set up: ${causeOf(error)}. Next try at ${timeOfDay(next)}.`);
    }
    await condition(() => isWoken || isRetiring, next - Date.now(), { summary: `${input.accountKey} ${sentence}` });
  }
  await continueAsNew<typeof account>(input);
}
