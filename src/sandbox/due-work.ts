import type { Accounts } from './accounts.ts';
import type { SandboxClock } from './clock.ts';
import type { Kind } from './store.ts';

export interface DueWorkDeps<State, Doc> {
  readonly accounts: Accounts<State>;
  readonly clock: SandboxClock;
  /** What is to be done: numbered, and positioned by when it is due in epoch milliseconds of the sandbox clock. */
  readonly kind: Kind<Doc>;
  /** Does one, and removes its document or puts it off. `signal` is aborted when the sandbox closes. */
  readonly work: (account: string, doc: Doc, signal: AbortSignal) => Promise<void>;
}

/** Work in the background, such as calls to others: each begun when it is due, none waiting for another. */
export interface DueWork {
  /** Looks for due work now. */
  readonly kick: () => void;
  /** Ends what is under way; it is done again after the next start. */
  close(): Promise<void>;
}

const POLL_MS = 250;
const ignore = (): void => undefined;

export function startDueWork<State, Doc>(deps: DueWorkDeps<State, Doc>): DueWork {
  const { kind } = deps;
  const running = new Map<string, Promise<void>>();
  const closing = new AbortController();
  let looking: Promise<void> | undefined;
  const place = (doc: Doc): number => kind.position(doc);
  // Due at the same moment: in the order in which they were put there.
  const rank = (doc: Doc): number => Number(kind.id(doc));

  const look = async (): Promise<void> => {
    const due = await deps.accounts.due(kind, deps.clock.now());
    for (const { account, doc } of due.toSorted((a, b) => place(a.doc) - place(b.doc) || rank(a.doc) - rank(b.doc))) {
      const key = `${account}/${kind.id(doc)}`;
      if (closing.signal.aborted || running.has(key)) continue;
      const done = deps.work(account, doc, closing.signal).finally(() => running.delete(key));
      // Not awaited: a slow receiver must not hold up the others. What fails here is due again at the next poll.
      running.set(key, done.then(kick, ignore));
    }
  };
  const kick = (): void => {
    if (closing.signal.aborted) return;
    looking ??= look()
      .catch(ignore)
      .finally(() => {
        looking = undefined;
      });
  };
  const timer = setInterval(kick, POLL_MS);
  timer.unref();
  return {
    kick,
    async close() {
      closing.abort();
      clearInterval(timer);
      await looking;
      await Promise.all(running.values());
    },
  };
}
