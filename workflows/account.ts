import {
  condition,
  continueAsNew,
  isCancellation,
  patched,
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
/** What is still to be done after so many plans is done again and again by somebody else: it can wait. */
const MOST_PASSES = 20;

/**
 * One vendor account: makes the vendor's side match what is wanted, and looks from time to time whether it still does.
 *
 * What is wanted stands in PostgreSQL; a signal only says that it has changed. A kill in the middle, a second signal, a leave during
 * a join: the loop only looks again.
 */
export async function account(input: AccountWorkflowInput): Promise<void> {
  const { system, accountKey } = input;
  // Before, it planned anew after each step, which reads everything as often as there are steps.
  const appliesInARow = patched('applies-in-a-row');
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

  /** Applies what a plan says, step by step, and plans again, until nothing is left to do. A new wish breaks a plan off. */
  async function makeItSo(): Promise<ReconcileResult> {
    let left: ReconcileResult['steps'] = [];
    for (let pass = 0; pass < MOST_PASSES; pass += 1) {
      isWoken = false;
      tell(`is being compared with what is wanted since ${timeOfDay(Date.now())}.`);
      const plan = await activitiesOf(system, 'compare with what is wanted').reconcile({ system, accountKey });
      if (plan.steps.length === 0) return plan;
      left = plan.steps;
      for (const [index, step] of plan.steps.entries()) {
        if (isWoken || (index > 0 && !appliesInARow)) break;
        tell(`${step.summary} (${index + 1} of ${plan.steps.length}), since ${timeOfDay(Date.now())}.`);
        await activitiesOf(system, step.summary).apply({ system, accountKey, step });
      }
    }
    throw new Error(`after ${MOST_PASSES} tries there is still to do: ${left.map(({ summary }) => summary).join(', ')}`);
  }

  while (!isRetiring && workflowInfo().historyLength < CONTINUE_FROM) {
    let next = Date.now() + POLL_EVERY_MS;
    let trouble = 'set up';
    try {
      const plan = await makeItSo();
      if (!plan.wanted) {
        // A wish that came in meanwhile is not lost: the loop looks once more.
        if (isWoken) continue;
        tell(`is left: ${plan.summary}.`);
        return;
      }
      trouble = 'asked for changes';
      await activitiesOf(system, 'ask for changes that no webhook told of').poll({ system, accountKey });
      failures = 0;
      tell(`is as wanted; looked at again at ${timeOfDay(next)}.`);
    } catch (error) {
      if (isCancellation(error)) throw error;
      failures += 1;
      next = retryAt(Date.now(), failures);
      tell(`cannot be ${trouble}: ${causeOf(error)}. Next try at ${timeOfDay(next)}.`);
    }
    await condition(() => isWoken || isRetiring, Math.max(next - Date.now(), 1), { summary: `${input.accountKey} ${sentence}` });
  }
  await continueAsNew<typeof account>(input);
}
