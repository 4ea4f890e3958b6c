import type { Temporal } from '../temporal.ts';
import type { Metrics } from './metrics.ts';

/** Counts the bells that got through, and those that did not. */
export const observeTemporal = (temporal: Temporal, { bells }: Pick<Metrics, 'bells'>): Temporal => ({
  ...temporal,
  ring: async (about, bell) => {
    try {
      await temporal.ring(about, bell);
      bells.inc({ outcome: 'rung' });
    } catch (error) {
      bells.inc({ outcome: 'lost' });
      throw error;
    }
  },
});
