import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { withFacts } from '../log.ts';
import type { Facts, Log } from '../log.ts';
import type { Metrics } from './metrics.ts';
import type { Span, Tracing } from './tracing.ts';

interface Watch {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/**
 * Logs, measures and traces each attempt of an activity: what it was about, and how it ended. Never its summary, which may quote
 * people.
 */
export const observeActivities =
  (watch: Watch): ActivityInterceptorsFactory =>
  ({ info }) => ({
    inbound: {
      execute: (input, next) => {
        const { ids, trace } = aboutOf(input.args[0]);
        const [system = 'none', activity = 'none'] = info.activityType.split('.');
        const facts: Facts = { system, ...ids, attempt: info.attempt };
        const start = { name: info.activityType, kind: 'consumer', facts, parent: trace } as const;
        return watch.tracing.within(start, (span) =>
          observed(watch, { system, activity, facts, span, began: performance.now() }, () => next(input)),
        );
      },
    },
  });

interface Attempt {
  readonly system: string;
  readonly activity: string;
  /** Grows while the attempt goes on. */
  readonly facts: Facts;
  readonly span: Span;
  readonly began: number;
}

async function observed(watch: Watch, attempt: Attempt, work: () => Promise<unknown>): Promise<unknown> {
  const { facts } = attempt;
  try {
    const result = await withFacts(Object.assign(facts, { trace: watch.tracing.current()?.split('-')[1] }), work);
    tell(watch, attempt, outcomeOf(result, facts));
    return result;
  } catch (error) {
    const isOurs = error instanceof ApplicationFailure;
    tell(watch, attempt, {
      outcome: 'failed',
      failure: isOurs ? (error.type ?? 'other') : 'other',
      said: isOurs ? error.message : '',
    });
    throw error;
  }
}

type Outcome = Facts & { readonly outcome: string };

function tell({ log, metrics }: Watch, { system, activity, facts, span, began }: Attempt, outcome: Outcome): void {
  const ms = Math.round(performance.now() - began);
  metrics.activities.inc({ system, activity, outcome: outcome.outcome });
  metrics.activitySeconds.observe({ system, activity }, ms / 1_000);
  const { reason, failure } = outcome;
  if (typeof reason === 'string') metrics.waits.inc({ system, reason });
  const { delivered, waitedMs, accepted, batch } = facts;
  if (typeof delivered === 'number' && delivered > 0) metrics.batchMessages.observe({ system }, delivered);
  if (typeof waitedMs === 'number') metrics.deliverySeconds.observe({ system }, waitedMs / 1_000);
  if (typeof accepted === 'number' && accepted > 0) metrics.accepted.inc({ from: system }, accepted);
  span.tell({ batch, delivered, accepted, outcome: outcome.outcome, reason, failure });
  log[levelOf(outcome, facts)]({ ...facts, ...outcome, ms }, WORDS[activity] ?? activity);
}

const WORDS: Readonly<Record<string, string>> = {
  deliver: 'a round ended',
  collect: 'a thread was fetched',
  reconcile: 'an account was compared with what is wanted',
  apply: 'a step was applied to an account',
  poll: 'an account was asked for changes',
};

/** A look that found nothing to do is nothing to tell of. */
function levelOf({ outcome }: Outcome, { step }: Facts): 'debug' | 'info' | 'warn' {
  if (outcome === 'failed') return 'warn';
  return outcome === 'done' && step === undefined ? 'debug' : 'info';
}

/** What an activity was called with that may stand in a log. */
function aboutOf(input: unknown): { readonly ids: Facts; readonly trace?: string | undefined } {
  if (!isRecord(input)) return { ids: {} };
  const { conversation, destination, thread, round, accountKey, step, trace } = input;
  const ids = textsOf({ conversation, destination, thread, round, accountKey, step: isRecord(step) ? step['name'] : undefined });
  return { ids, trace: typeof trace === 'string' ? trace : undefined };
}

/** What a result says of how it went. */
function outcomeOf(result: unknown, { delivered, accepted }: Facts): Outcome {
  if (!isRecord(result)) return { outcome: 'done' };
  const { parked, why } = result;
  if (parked !== undefined) return { outcome: 'parked' };
  if (isRecord(why) && typeof why['kind'] === 'string') return { outcome: 'waits', reason: why['kind'] };
  if (delivered !== undefined && delivered !== 0) return { outcome: 'delivered' };
  return { outcome: accepted !== undefined && accepted !== 0 ? 'accepted' : 'done' };
}

const textsOf = (values: Readonly<Record<string, unknown>>): Facts =>
  Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
