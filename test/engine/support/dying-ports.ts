import type { Ports } from '../../../activities/ports.ts';

/** The process died here. Nothing of it runs on: every further call through its ports throws, too. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

export interface DyingPorts {
  readonly ports: Ports;
  /** Whether it came to that. */
  readonly hasDied: () => boolean;
  /** What was called, in order. */
  readonly calls: readonly string[];
}

/** What is to happen around a call: return to go on, throw to die. */
export interface Around {
  before?(index: number): Promise<void>;
  after?(index: number): Promise<void>;
}

/** Calls after which the world is another than before. */
export const CHANGES =
  /^(http|rounds\.\w+|threads\.(accept|postpone|markGone|dirty)|accounts\.(learn|keep|compared|reconciled|progress))$/;

/**
 * Ports that die at the n-th call, before or after it took effect.
 * @param counts which calls are counted. Default: all.
 */
export function dyingPorts(ports: Ports, n: number, when: 'before' | 'after', counts = /./): DyingPorts {
  let hasDied = false;
  const counted = (index: number): number => calls.slice(0, index).filter((name) => counts.test(name)).length;
  const die = (index: number): Promise<void> => {
    if (hasDied || (counts.test(calls[index - 1] ?? '') && counted(index) === n)) {
      hasDied = true;
      return Promise.reject(new Killed(`killed ${when} call ${n}`));
    }
    return Promise.resolve();
  };
  const alive = (): Promise<void> => (hasDied ? Promise.reject(new Killed('dead')) : Promise.resolve());
  const { ports: wrapped, calls } = aroundCalls(ports, when === 'before' ? { before: die } : { before: alive, after: die });
  return { ports: wrapped, calls, hasDied: () => hasDied };
}

export interface PausingPorts {
  readonly ports: Ports;
  /** Resolves when the call is reached. */
  readonly reached: Promise<void>;
  readonly resume: () => void;
  /** Which call it is. */
  readonly call: () => string | undefined;
}

/**
 * Ports that wait at one call until they are let go on: a process that is suspended, or very slow.
 * @param at the n-th call of all, or the n-th of one method.
 */
export function pausingPorts(
  ports: Ports,
  at: number | { readonly method: string; readonly nth: number },
  when: 'before' | 'after',
): PausingPorts {
  const reached = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  let paused: string | undefined;
  const isThere = (index: number): boolean =>
    typeof at === 'number'
      ? index === at
      : calls[index - 1] === at.method && calls.slice(0, index).filter((name) => name === at.method).length === at.nth;
  const pause = async (index: number): Promise<void> => {
    if (!isThere(index)) return;
    paused = calls[index - 1];
    reached.resolve();
    await go.promise;
  };
  const { ports: wrapped, calls } = aroundCalls(ports, when === 'before' ? { before: pause } : { after: pause });
  return { ports: wrapped, reached: reached.promise, resume: go.resolve, call: () => paused };
}

/** Wraps every call that does something: stores, limits, HTTP, sleep. */
export function aroundCalls(ports: Ports, around: Around): { readonly ports: Ports; readonly calls: string[] } {
  const calls: string[] = [];
  const call = async (name: string, work: () => unknown): Promise<unknown> => {
    calls.push(name);
    const index = calls.length;
    await around.before?.(index);
    const result = await work();
    await around.after?.(index);
    return result;
  };
  const each = <T extends object>(name: string, store: T): T =>
    new Proxy(store, {
      get: (target, key) => {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => call(`${name}.${String(key)}`, () => Reflect.apply(method, target, args));
      },
    });
  const clock = each('clock', ports.clock);
  return {
    calls,
    ports: {
      ...ports,
      clock: { now: () => ports.clock.now(), sleep: (...args) => clock.sleep(...args) },
      http: new Proxy(ports.http, { apply: (http, self, args) => call('http', () => Reflect.apply(http, self, args)) }),
      rounds: each('rounds', ports.rounds),
      threads: each('threads', ports.threads),
      accounts: each('accounts', ports.accounts),
      limits: each('limits', ports.limits),
    },
  };
}
