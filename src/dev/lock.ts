import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Lock {
  /** Lets the next one in. Doing it twice is no harm. */
  release(): void;
}

/**
 * Takes the lock that `file` stands for, or answers `undefined` when somebody holds it.
 *
 * The kernel gives it back when its holder ends, however it ends, so there are no stale locks to detect: SQLite's
 * exclusive lock is a file lock that works alike on every platform, also between two holders in one process.
 */
export function tryLock(file: string): Lock | undefined {
  const database = new DatabaseSync(file);
  try {
    database.exec('begin exclusive');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw new Error(`cannot lock ${file}`, { cause: error });
  }
  writeFileSync(`${file}.holder`, String(process.pid));
  return { release: () => (database.isOpen ? database.close() : undefined) };
}

/** Whom to name to a person who finds the lock taken: "process 4711". */
export function lockHolder(file: string): string {
  try {
    return `process ${readFileSync(`${file}.holder`, 'utf8')}`;
  } catch {
    return 'another process';
  }
}

/** Does `work` while holding the lock. `onWait` is called once, with the holder, when it must wait for it. */
export async function withLock<T>(file: string, onWait: (holder: string) => void, work: () => Promise<T>): Promise<T> {
  let lock = tryLock(file);
  if (lock === undefined) onWait(lockHolder(file));
  while (lock === undefined) {
    await sleep(200);
    lock = tryLock(file);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
