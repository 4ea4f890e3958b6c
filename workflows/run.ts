import { condition, isCancellation, workflowInfo } from '@temporalio/workflow';

/** From so many events on a run ends at the first good moment; from so many on it starts nothing new and waits for one. */
const CONTINUE_FROM = 1_500;
const HOLD_FROM = 3_000;

/** What the end of a run must know: what is under way, and whether an end is wanted. A run never ends under a round or a collect. */
export class Run {
  isRetiring = false;
  private underWay = 0;
  private fault: unknown;
  private readonly changed: () => void;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  /** Tells the Web UI that something is different. */
  show(): void {
    this.changed();
  }

  /** Asks the run to end. */
  retire(): void {
    this.isRetiring = true;
  }

  /** Keeps a loop going beside the run; what it throws is the run's own fault. A cancellation ends the run by itself. */
  keep(loop: Promise<never>): void {
    loop.catch((error: unknown) => {
      if (!isCancellation(error)) this.fault = error;
    });
  }

  /** Runs work under which the run does not end; while an end is overdue, holds it back instead. */
  async exclusive<T>(onHold: () => void, work: () => Promise<T>): Promise<T> {
    if (this.isOverdue()) {
      onHold();
      await condition(() => !this.isOverdue());
    }
    this.underWay += 1;
    try {
      return await work();
    } finally {
      this.underWay -= 1;
    }
  }

  mayEnd(info: { readonly historyLength: number; readonly continueAsNewSuggested: boolean }): boolean {
    if (this.fault !== undefined) throw this.fault;
    const isWanted = this.isRetiring || info.continueAsNewSuggested || info.historyLength >= CONTINUE_FROM;
    return isWanted && this.underWay === 0;
  }

  private isOverdue(): boolean {
    return this.isRetiring || workflowInfo().historyLength >= HOLD_FROM;
  }
}
