import type { Ports } from '../../../activities/ports.ts';
import { apply, reconcile } from '../../../activities/reconcile.ts';
import { slack } from '../../../activities/slack/index.ts';
import { attemptOf } from '../../engine/support/world.ts';

/** What the workflow of a workspace does, until all is as it should be. @returns the steps. */
export async function makeItSo(ports: Ports, team: string): Promise<readonly string[]> {
  const input = { system: 'slack', accountKey: team };
  const done: string[] = [];
  for (;;) {
    const { steps } = await reconcile(ports, slack, input, attemptOf(1));
    const [step] = steps;
    if (step === undefined) return done;
    done.push(step.summary);
    await apply(ports, slack, { ...input, step }, attemptOf(1));
  }
}
