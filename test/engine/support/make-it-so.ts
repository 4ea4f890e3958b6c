import type { BusinessSystem } from '../../../activities/business-system.ts';
import { apply, reconcile } from '../../../activities/reconcile.ts';
import type { Ports } from '../../../activities/ports.ts';
import { attemptOf } from './world.ts';

/** Makes an account as wanted, as its workflow does. @returns what was done, in words, and what people should know. */
export async function makeItSo(
  ports: Ports,
  system: BusinessSystem,
  accountKey: string,
): Promise<{ readonly steps: readonly string[]; readonly notices: readonly string[] }> {
  const input = { system: system.name, accountKey };
  const done: string[] = [];
  for (;;) {
    const { steps, notices = [] } = await reconcile(ports, system, input, attemptOf(1));
    if (steps.length === 0) return { steps: done, notices };
    for (const step of steps) {
      await apply(ports, system, { ...input, step }, attemptOf(1));
      done.push(step.summary);
    }
    if (done.length > 200) throw new Error(`the plan does not come to an end: ${done.slice(-5).join(', ')}`);
  }
}
