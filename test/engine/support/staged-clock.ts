import { VirtualClock } from './virtual-clock.ts';

interface Part {
  readonly at: number;
  readonly go: () => void;
}

/**
 * A clock by which many sleep at once: for tests of a crowd. One works at a time; whoever sleeps hands over to whoever wakes first, so
 * that the crowd is in one another's way as if all worked at once, in the same order each time.
 */
export class StagedClock extends VirtualClock {
  private readonly asleep: Part[] = [];
  private handOver: (() => void) | undefined;

  override sleep(ms: number): Promise<void> {
    if (this.handOver === undefined) return super.sleep(ms);
    const woken = new Promise<void>((resolve) => this.enter({ at: this.now() + ms, go: resolve }));
    this.handOver();
    return woken;
  }

  /**
   * Runs `work` for each of `all`, in that order, and again whenever it says, until it says no more.
   * @param work returns when to come back for it, in epoch milliseconds.
   */
  async play<T>(all: readonly T[], work: (one: T) => Promise<number | undefined>): Promise<void> {
    const faults: unknown[] = [];
    const enter = (one: T, at: number): void =>
      this.enter({
        at,
        go: () =>
          void work(one)
            .then((next) => (next === undefined ? undefined : enter(one, next)))
            .catch((error: unknown) => void faults.push(error))
            .then(() => this.handOver?.()),
      });
    for (const one of all) enter(one, this.now());
    for (let next = this.asleep.shift(); next !== undefined && faults.length === 0; next = this.asleep.shift()) {
      const { at, go } = next;
      this.set(at);
      await new Promise<void>((resolve) => {
        this.handOver = resolve;
        go();
      });
    }
    this.handOver = undefined;
    if (faults.length > 0) throw faults[0];
  }

  /** Who wakes at the same time wakes in the order of coming. */
  private enter(part: Part): void {
    const after = this.asleep.findLastIndex(({ at }) => at <= part.at);
    this.asleep.splice(after + 1, 0, part);
  }
}
