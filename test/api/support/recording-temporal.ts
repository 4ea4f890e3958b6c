import type { Bell } from '../../../workflows/signals.ts';
import type { ConversationAbout, Temporal } from '../../../src/temporal.ts';

/** Stands for a Temporal server: keeps what was rung, or is down. */
export interface RecordingTemporal extends Temporal {
  readonly rung: (ConversationAbout & { readonly bell: Bell })[];
  /** `<system> <account key>` */
  readonly woken: string[];
  isDown: boolean;
}

export function recordingTemporal(): RecordingTemporal {
  const refuse = (): Promise<void> => (temporal.isDown ? Promise.reject(new Error('Temporal is down')) : Promise.resolve());
  const temporal: RecordingTemporal = {
    rung: [],
    woken: [],
    isDown: false,
    ring: async (about, bell) => {
      await refuse();
      temporal.rung.push({ ...about, bell });
    },
    wakeAccount: async (system, key) => {
      await refuse();
      temporal.woken.push(`${system} ${key}`);
    },
    retireBefore: () => Promise.resolve(0),
    ping: refuse,
    close: () => Promise.resolve(),
  };
  return temporal;
}
