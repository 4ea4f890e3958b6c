import { condition, isCancellation, sleep } from '@temporalio/workflow';
import type { CollectResult, LaneBell, ThreadBell } from '../activities/contract.ts';
import type { ConversationId } from '../src/domain/ids.ts';
import { waitSentence } from '../src/domain/lane-state.ts';
import type { WaitWhy } from '../src/domain/lane-state.ts';
import { timeOfDay } from '../src/domain/time.ts';
import { activitiesOf } from './activities-of.ts';
import { causeOf, retryAt } from './failure.ts';
import type { Run } from './run.ts';

/** What a fetch needs of its conversation. */
export interface FetchHost {
  readonly conversation: ConversationId;
  readonly run: Run;
  /** Lanes that what was fetched is to go to. */
  readonly behind: (lanes: readonly LaneBell[], trace?: string) => void;
}

/** Fetches one thread, one collect at a time, for as long as it is rung. */
export class Fetch {
  readonly bell: ThreadBell;
  /** What it does, or `undefined` when there is nothing to tell. */
  sentence: string | undefined;
  private isRung = false;
  private wait: { readonly until: number; readonly why: WaitWhy } | undefined;
  private failures = 0;
  /** What the ring, or the collect under way, belongs to. */
  private trace: string | undefined;
  private readonly host: FetchHost;

  constructor(bell: ThreadBell, host: FetchHost) {
    this.bell = bell;
    this.host = host;
  }

  get isIdle(): boolean {
    return !this.isRung;
  }

  ring(trace?: string): void {
    if (!this.isRung) this.trace = trace;
    this.isRung = true;
  }

  /** Runs for as long as the conversation's run does. */
  async live(): Promise<never> {
    for (;;) {
      await condition(() => this.isRung);
      await this.untilDue();
      const result = await this.host.run.exclusive(
        () => undefined,
        () => this.collect(),
      );
      this.wait = result.until === undefined || result.why === undefined ? undefined : { until: result.until, why: result.why };
      if (this.wait !== undefined) this.isRung = true;
      this.host.behind(result.behind, this.trace);
      this.become(undefined);
    }
  }

  private async untilDue(): Promise<void> {
    if (this.wait === undefined || this.wait.until <= Date.now()) return;
    this.become(`${this.bell.label}: ${waitSentence(this.wait.why, this.wait.until)}`);
    await sleep(this.wait.until - Date.now(), { summary: `fetch ${this.bell.label} again at ${timeOfDay(this.wait.until)}` });
  }

  private async collect(): Promise<CollectResult> {
    this.isRung = false;
    this.become(`${this.bell.label}: replies are being fetched since ${timeOfDay(Date.now())}.`);
    const { system, thread, label } = this.bell;
    const { trace } = this;
    try {
      const result = await activitiesOf(system, `fetch ${label}`).collect({
        conversation: this.host.conversation,
        thread,
        ...(trace === undefined ? {} : { trace }),
      });
      this.failures = 0;
      return result;
    } catch (error) {
      if (isCancellation(error)) throw error;
      const now = Date.now();
      this.failures += 1;
      const why = { kind: 'failed', said: causeOf(error), since: now } as const;
      return { summary: 'failed', behind: [], until: retryAt(now, this.failures), why };
    }
  }

  private become(sentence: string | undefined): void {
    this.sentence = sentence;
    this.host.run.show();
  }
}
