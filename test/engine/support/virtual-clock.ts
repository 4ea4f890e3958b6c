import type { Clock } from '../../../activities/ports.ts';

/** A clock that goes on when it is told to, and when somebody sleeps by it. */
export class VirtualClock implements Clock {
  private at: number;

  constructor(start = Date.UTC(2026, 10, 23, 13, 0, 0)) {
    this.at = start;
  }

  now(): number {
    return this.at;
  }

  set(epochMs: number): void {
    this.at = Math.max(this.at, epochMs);
  }

  advance(ms: number): void {
    this.at += ms;
  }

  sleep(ms: number): Promise<void> {
    this.at += ms;
    return Promise.resolve();
  }
}
