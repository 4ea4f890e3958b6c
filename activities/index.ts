import { Context } from '@temporalio/activity';
import type { Attempt } from './attempt.ts';
import type { BusinessSystem } from './business-system.ts';
import { collect } from './collect.ts';
import type { SystemActivities } from './contract.ts';
import { deliver } from './deliver.ts';
import { toFailure } from './failure.ts';
import type { Ports } from './ports.ts';
import { apply, poll, reconcile } from './reconcile.ts';
import type { DirtyThread } from './thread-store.ts';

export interface ActivityDeps {
  readonly ports: Ports;
  /** Rings the conversations of threads that turned out dirty. */
  readonly ring: (threads: readonly DirtyThread[]) => Promise<void>;
  /** A fault that is nobody's but ours. */
  readonly onFault: (error: unknown, activity: string) => void;
}

/** So often a running activity says that it is alive; a worker that was killed is noticed soon after. */
const HEARTBEAT_MS = 3_000;

/** The activities of one system, under the names that workflows call: `<system>.<verb>`. */
export function createActivities(system: BusinessSystem, deps: ActivityDeps): Record<string, (input: never) => Promise<unknown>> {
  const { ports } = deps;
  const verbs: SystemActivities = {
    deliver: (input) => deliver(ports, system, input, currentAttempt()),
    collect: (input) => collect(ports, system, input, currentAttempt()),
    reconcile: (input) => reconcile(ports, system, input, currentAttempt()),
    apply: (input) => apply(ports, system, input, currentAttempt()),
    poll: (input) => poll(ports, system, input, currentAttempt(), deps.ring),
  };
  return Object.fromEntries(
    Object.entries(verbs).map(([verb, work]) => [`${system.name}.${verb}`, alive(`${system.name}.${verb}`, work, deps.onFault)]),
  );
}

/** Beats while the work goes on, and translates what it throws. */
function alive<Input>(name: string, work: (input: Input) => Promise<unknown>, onFault: ActivityDeps['onFault']) {
  return async (input: Input): Promise<unknown> => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
    try {
      return await work(input);
    } catch (error) {
      const failure = toFailure(error, name);
      if (failure.type === 'Fault') onFault(error, name);
      throw failure;
    } finally {
      clearInterval(beat);
    }
  };
}

function currentAttempt(): Attempt {
  const { info, cancellationSignal } = Context.current();
  return { signal: cancellationSignal, isLast: info.attempt >= (info.retryPolicy?.maximumAttempts ?? Number.POSITIVE_INFINITY) };
}
