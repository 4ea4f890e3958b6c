import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextWriteAt } from '../../src/domain/pacing.ts';

const MINUTE = 60_000;
const limit = { count: 15, periodMs: 10 * MINUTE };

/** A talker who writes whenever the pace allows, from `gap` ms after the last write on; agents write at given times. */
function talk(
  gaps: readonly number[],
  agents: readonly number[],
  hours: number,
): { readonly ours: number[]; readonly most: number } {
  const ours: number[] = [];
  let now = 1_000_000;
  for (let index = 0; now < 1_000_000 + hours * 60 * MINUTE; index += 1) {
    ours.push(now);
    const all = [...ours, ...agents.filter((at) => at <= now)];
    const allowed = nextWriteAt(now, all, limit) ?? now;
    now = Math.max(now + 5_000 + (gaps[index % gaps.length] ?? 0), allowed);
  }
  const all = [...ours, ...agents].toSorted((a, b) => a - b);
  const most = Math.max(...all.map((from) => all.filter((at) => at >= from && at < from + limit.periodMs).length));
  return { ours, most };
}

describe('the pace of writes to a thread', () => {
  it('leaves everything at once while half of the limit is free', () => {
    expect(nextWriteAt(100_000, [99_000, 98_000], limit)).toBeUndefined();
  });

  it('never reaches the limit, however fast the app user talks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 20 }), (gaps) => {
        expect(talk(gaps, [], 2).most).toBeLessThan(limit.count);
      }),
    );
  });

  it('leaves agents room for three answers in any ten minutes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 0, max: 200_000 }),
        (gaps, offset) => {
          const agents = Array.from({ length: 30 }, (_, index) => 1_000_000 + offset + index * 200_000);
          expect(talk(gaps, agents, 1.5).most).toBeLessThanOrEqual(limit.count);
        },
      ),
    );
  });

  it('keeps a steady talker going: the longest silence is far below the period', () => {
    const { ours } = talk([0], [], 3);
    const silences = ours.slice(1).map((at, index) => at - (ours[index] ?? 0));
    expect(Math.max(...silences)).toBeLessThan(3 * MINUTE);
  });

  it('believes the system when it says that less is left than we counted', () => {
    const now = 1_000_000;
    expect(nextWriteAt(now, [now - 1_000], limit, { remaining: 0, resetsAt: now + 77_000 })).toBe(now + 77_000);
  });

  it('believes the system when it says that it takes more than we thought', () => {
    const now = 1_000_000;
    const own = Array.from({ length: 13 }, (_, index) => now - index * 10_000);
    const live = { total: 30, remaining: 17, resetsAt: now + 9 * MINUTE };
    expect(nextWriteAt(now, own, limit)).toBeGreaterThan(now + MINUTE);
    expect(nextWriteAt(now, own, limit, live)).toBeUndefined();
    expect(nextWriteAt(now, own, limit, { ...live, remaining: 11 })).toBe(now + Math.ceil((9 * MINUTE) / 5));
  });

  it('takes no limit of a shorter period for leave to write more', () => {
    const now = 1_000_000;
    const own = Array.from({ length: 13 }, (_, index) => now - index * 10_000);
    const live = { total: 20, remaining: 19, resetsAt: now + 50_000 };
    expect(nextWriteAt(now, own, limit, live)).toBe(nextWriteAt(now, own, limit));
  });
});
