import type { Temporal } from '../temporal.ts';
import type { Metrics } from './metrics.ts';
import type { Tracing } from './tracing.ts';

interface Watch {
  readonly metrics: Pick<Metrics, 'bells'>;
  readonly tracing: Tracing;
}

/** Counts the bells that got through, and those that did not, and has them carry on the trace of what rang. */
export const observeTemporal = (temporal: Temporal, { metrics: { bells }, tracing }: Watch): Temporal => ({
  ...temporal,
  ring: async (about, bell) => {
    try {
      const { conversation, app } = about;
      await tracing.within({ name: 'ring', kind: 'producer', facts: { conversation, app } }, () => {
        const trace = tracing.current();
        return temporal.ring(about, trace === undefined ? bell : { ...bell, trace });
      });
      bells.inc({ outcome: 'rung' });
    } catch (error) {
      bells.inc({ outcome: 'lost' });
      throw error;
    }
  },
});
