import type { Ports } from '../../activities/ports.ts';
import { addFacts } from '../log.ts';

/** Has what is logged of a round or a collect say which batch it was about and how much of it went through. */
export const observeStores = ({ rounds, threads }: Pick<Ports, 'rounds' | 'threads'>): Pick<Ports, 'rounds' | 'threads'> => ({
  rounds: {
    ...rounds,
    open: async (round) => {
      const opened = await rounds.open(round);
      if (opened.kind === 'open') addFacts({ batch: opened.open.batch.id, app: opened.open.app.id });
      return opened;
    },
    close: async (round) => {
      const closed = await rounds.close(round);
      addFacts({ delivered: closed.delivered, ...(closed.since === undefined ? {} : { waitedMs: round.now - closed.since }) });
      return closed;
    },
  },
  threads: {
    ...threads,
    accept: async (collected) => {
      const accepted = await threads.accept(collected);
      addFacts({ accepted: accepted.seqs.length });
      return accepted;
    },
  },
});
