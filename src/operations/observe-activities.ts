import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { withFacts } from '../log.ts';
import type { Facts, Log } from '../log.ts';
import type { Metrics } from './metrics.ts';

/** Logs and measures each attempt of an activity: what it was about, and how it ended. Never its summary, which may quote people. */
export const observeActivities =
  ({ log, metrics }: { readonly log: Log; readonly metrics: Metrics }): ActivityInterceptorsFactory =>
  ({ info }) => {
    const [system = 'none', activity = 'none'] = info.activityType.split('.');
    return {
      inbound: {
        execute: async (input, next) => {
          const began = performance.now();
          const facts: Facts = { system, ...idsIn(input.args[0]), attempt: info.attempt };
          const ended = (outcome: string, more: Facts): void => {
            const ms = Math.round(performance.now() - began);
            metrics.activities.inc({ system, activity, outcome });
            metrics.activitySeconds.observe({ system, activity }, ms / 1_000);
            const failed = outcome === 'failed';
            log[failed ? 'warn' : isDull(outcome, facts) ? 'debug' : 'info'](
              { ...facts, outcome, ...more, ms },
              WORDS[activity] ?? activity,
            );
          };
          try {
            const result = await withFacts(facts, () => next(input));
            const { outcome, reason } = outcomeOf(result, facts);
            if (reason !== undefined) metrics.waits.inc({ system, reason });
            measureDelivery(metrics, system, facts);
            ended(outcome, { reason });
            return result;
          } catch (error) {
            const isOurs = error instanceof ApplicationFailure;
            ended('failed', { failure: isOurs ? (error.type ?? undefined) : 'other', said: isOurs ? error.message : undefined });
            throw error;
          }
        },
      },
    };
  };

const WORDS: Readonly<Record<string, string>> = {
  deliver: 'a round ended',
  collect: 'a thread was fetched',
  reconcile: 'an account was compared with what is wanted',
  apply: 'a step was applied to an account',
  poll: 'an account was asked for changes',
};

/** What an activity was called with that may stand in a log. */
function idsIn(input: unknown): Facts {
  if (!isRecord(input)) return {};
  const { conversation, destination, thread, round, accountKey, step } = input;
  return {
    ...textsOf({ conversation, destination, thread, round, accountKey }),
    ...(isRecord(step) ? textsOf({ step: step['name'] }) : {}),
  };
}

/** What a result says of how it went. A look that found nothing to do is nothing to tell of. */
function outcomeOf(result: unknown, { delivered, accepted }: Facts): { readonly outcome: string; readonly reason?: string } {
  if (!isRecord(result)) return { outcome: 'done' };
  const { parked, why } = result;
  if (parked !== undefined) return { outcome: 'parked' };
  if (isRecord(why) && typeof why['kind'] === 'string') return { outcome: 'waits', reason: why['kind'] };
  if (delivered !== undefined && delivered !== 0) return { outcome: 'delivered' };
  if (accepted !== undefined && accepted !== 0) return { outcome: 'accepted' };
  return { outcome: 'done' };
}

const isDull = (outcome: string, { step }: Facts): boolean => outcome === 'done' && step === undefined;

function measureDelivery(metrics: Metrics, system: string, { delivered, waitedMs, accepted }: Facts): void {
  if (typeof delivered === 'number' && delivered > 0) metrics.batchMessages.observe({ system }, delivered);
  if (typeof waitedMs === 'number') metrics.deliverySeconds.observe({ system }, waitedMs / 1_000);
  if (typeof accepted === 'number' && accepted > 0) metrics.accepted.inc({ from: system }, accepted);
}

const textsOf = (values: Readonly<Record<string, unknown>>): Facts =>
  Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
