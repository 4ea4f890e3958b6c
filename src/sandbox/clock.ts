/** The sandbox's idea of now. It runs on from wherever it is set. Epoch milliseconds. */
export interface SandboxClock {
  now(): number;
  /** Jumps to a point in time, forwards or back. */
  set(epochMs: number): void;
  /** Jumps by a span; negative goes back. */
  advance(ms: number): void;
}

/** A clock that shows the real time until somebody sets it. */
export function createClock(): SandboxClock {
  let offsetMs = 0;
  return {
    now: () => Date.now() + offsetMs,
    set: (epochMs) => {
      offsetMs = epochMs - Date.now();
    },
    advance: (ms) => {
      offsetMs += ms;
    },
  };
}
