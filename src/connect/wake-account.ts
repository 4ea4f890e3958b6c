import type { Log } from '../log.ts';
import type { Temporal } from '../temporal.ts';

/** Tells an account's workflow to look again. Nobody waits for it: one that does not hear of it is woken by the sweep. */
export function wakeAccount(deps: { readonly temporal: Temporal; readonly log: Log }, system: string, accountKey: string): void {
  deps.temporal.wakeAccount(system, accountKey).catch((error: unknown) => {
    deps.log.warn({ err: error, system, accountKey }, 'an account was not woken; the sweep wakes it again');
  });
}
