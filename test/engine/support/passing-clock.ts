import { setTimeout as sleep } from 'node:timers/promises';
import { VirtualClock } from './virtual-clock.ts';

/** A clock that passes by itself and can be moved on: for tests in which several things really happen at the same time. */
export class PassingClock extends VirtualClock {
  private offset = 0;

  override now(): number {
    return Date.now() + this.offset;
  }

  override set(epochMs: number): void {
    this.offset = Math.max(this.offset, epochMs - Date.now());
  }

  override advance(ms: number): void {
    this.offset += ms;
  }

  override async sleep(ms: number): Promise<void> {
    await sleep(ms);
  }
}
