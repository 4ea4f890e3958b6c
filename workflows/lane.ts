import { condition, isCancellation, sleep, uuid4 } from '@temporalio/workflow';
import type { LaneBell, RoundResult, ThreadBell } from '../activities/contract.ts';
import type { ConversationId } from '../src/domain/ids.ts';
import { laneSentence } from '../src/domain/lane-state.ts';
import type { LaneState, WaitWhy } from '../src/domain/lane-state.ts';
import { activitiesOf } from './activities-of.ts';
import { causeOf, retryAt } from './failure.ts';
import type { Run } from './run.ts';
import type { CarriedLane } from './signals.ts';

/** What a lane needs of its conversation. */
export interface LaneHost {
  readonly conversation: ConversationId;
  readonly run: Run;
  /** A round found threads that have something to fetch. */
  readonly fetch: (threads: readonly ThreadBell[], trace?: string) => void;
}

const LIMITED: ReadonlySet<WaitWhy['kind']> = new Set(['rateLimited', 'resting', 'unavailable', 'failed']);

/**
 * The clock of one lane: it waits out the batch window, sleeps out limits and outages, and starts rounds. What is to be sent, and
 * whether at all, is decided in PostgreSQL.
 */
export class Lane {
  state: LaneState = { kind: 'idle' };
  readonly bell: Omit<LaneBell, 'since'>;
  /** The remembered bell: when the oldest waiting message was accepted. */
  private since: number | undefined;
  private wait: { readonly until: number; readonly why: WaitWhy } | undefined;
  private parked: string | undefined;
  private failures = 0;
  /** What the remembered bell, or the round under way, belongs to. */
  private trace: string | undefined;
  private readonly host: LaneHost;

  constructor(bell: Omit<LaneBell, 'since'>, host: LaneHost, carried?: CarriedLane) {
    this.bell = bell;
    this.host = host;
    this.since = carried?.since;
    this.parked = carried?.parked;
    this.trace = carried?.trace;
    this.wait =
      carried?.until === undefined || carried.why === undefined ? undefined : { until: carried.until, why: carried.why };
    this.rest(carried?.awaitsUser === true);
  }

  get sentence(): string {
    return laneSentence(this.bell.label, this.state);
  }

  get isIdle(): boolean {
    return this.since === undefined;
  }

  get isParked(): boolean {
    return this.parked !== undefined;
  }

  /** Whether the system takes nothing for now: a limit, an outage. */
  get isLimited(): boolean {
    return this.wait !== undefined && LIMITED.has(this.wait.why.kind);
  }

  /** A bell opens a window, or is remembered while a round runs. It shortens no wait. */
  ring(since: number, trace?: string): void {
    if (this.since === undefined) this.trace = trace;
    this.since = Math.min(this.since ?? since, since);
  }

  carry(): CarriedLane {
    const { since, wait, parked, trace } = this;
    return {
      ...this.bell,
      ...(since === undefined ? {} : { since }),
      ...(wait === undefined ? {} : wait),
      ...(parked === undefined ? {} : { parked }),
      ...(since === undefined || trace === undefined ? {} : { trace }),
      ...(this.state.kind === 'awaitingUser' ? { awaitsUser: true } : {}),
    };
  }

  /** Runs for as long as the conversation's run does. */
  async live(): Promise<never> {
    for (;;) {
      await condition(() => this.since !== undefined);
      await this.untilDue();
      const result = await this.host.run.exclusive(
        () => this.become({ kind: 'held' }),
        () => this.round(),
      );
      this.apply(result);
    }
  }

  private async untilDue(): Promise<void> {
    const opens = this.parked === undefined ? (this.since ?? 0) + this.bell.windowMs : 0;
    const waits = this.wait?.until ?? 0;
    const due = Math.max(opens, waits);
    if (due <= Date.now()) return;
    this.become(waits > opens && this.wait !== undefined ? { kind: 'waiting', ...this.wait } : { kind: 'window', until: due });
    await sleep(due - Date.now(), { summary: this.sentence });
  }

  /** The bell is cleared when the round starts, never when it ends: what rings in between is for the next one (rule R2). */
  private async round(): Promise<RoundResult> {
    this.since = undefined;
    this.become({ kind: 'sending', since: Date.now() });
    const round = uuid4().replaceAll('-', '').slice(0, 24);
    const { destination, label, system } = this.bell;
    const { trace } = this;
    try {
      const result = await activitiesOf(system, `send to ${label}`).deliver({
        conversation: this.host.conversation,
        destination,
        round,
        ...(trace === undefined ? {} : { trace }),
      });
      this.failures = 0;
      return result;
    } catch (error) {
      if (isCancellation(error)) throw error;
      const now = Date.now();
      this.failures += 1;
      return {
        summary: 'failed',
        until: retryAt(now, this.failures),
        why: { kind: 'failed', said: causeOf(error), since: now },
        behind: now,
      };
    }
  }

  private apply(result: RoundResult): void {
    this.wait = result.until === undefined || result.why === undefined ? undefined : { until: result.until, why: result.why };
    this.parked = result.parked;
    if (result.behind !== undefined) this.ring(result.behind, this.trace);
    if (result.collect !== undefined) this.host.fetch(result.collect, this.trace);
    this.rest(result.awaitsUser === true);
    this.host.run.show();
  }

  private rest(awaitsUser: boolean): void {
    if (this.parked !== undefined) this.state = { kind: 'parked', why: this.parked };
    else this.state = awaitsUser ? { kind: 'awaitingUser' } : { kind: 'idle' };
  }

  private become(state: LaneState): void {
    this.state = state;
    this.host.run.show();
  }
}
