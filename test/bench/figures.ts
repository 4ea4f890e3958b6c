/** How long things took, in milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** @throws when there is nothing to sum up. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    if (value === undefined) throw new Error('no samples');
    return round(value);
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Three digits that mean something. */
export const round = (value: number): number => Number(value.toPrecision(3));

/** The middle one of several runs. */
export function median(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new Error('no values');
  return middle;
}

/** Runs `work` for each item, at most so many at once. @returns how long it took, ms. */
export async function timedAll<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<unknown>,
): Promise<number> {
  const began = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return performance.now() - began;
}

/** Starts `work` at a steady rate, whether or not what was started before has ended. @returns how long each took, ms. */
export async function atRate(
  options: { readonly perSecond: number; readonly count: number },
  work: (index: number) => Promise<unknown>,
): Promise<readonly number[]> {
  const { perSecond, count } = options;
  const began = performance.now();
  const running: Promise<number>[] = [];
  for (let index = 0; index < count; index += 1) {
    const due = began + (index * 1_000) / perSecond;
    while (performance.now() < due) await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    // From when it was due: a generator that lags behind would hide the waiting.
    running.push(work(index).then(() => performance.now() - due));
  }
  return await Promise.all(running);
}
