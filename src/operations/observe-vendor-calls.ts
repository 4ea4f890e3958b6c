import type { Http, HttpRequest } from '../../activities/http.ts';
import { OutcomeUnknown } from '../../activities/system-error.ts';
import type { Log } from '../log.ts';
import type { Metrics } from './metrics.ts';

/** Counts, measures and logs (`debug`) each request to a system: whose it is and what came of it, never its address or content. */
export const observeVendorCalls =
  (http: Http, { log, metrics }: { readonly log: Log; readonly metrics: Metrics }): Http =>
  async (request, signal) => {
    const began = performance.now();
    const told = (outcome: string, status?: number): void => {
      const ms = Math.round(performance.now() - began);
      const { system, kind } = aboutOf(request);
      metrics.vendorCalls.inc({ system, kind, outcome });
      metrics.vendorSeconds.observe({ system, kind }, ms / 1_000);
      log.debug(
        { system, method: request.method, outcome, ...(status === undefined ? {} : { status }), ms },
        'a system was called',
      );
    };
    try {
      const answer = await http(request, signal);
      told(answer.status === 429 ? '429' : `${Math.floor(answer.status / 100)}xx`, answer.status);
      return answer;
    } catch (error) {
      told(error instanceof OutcomeUnknown ? 'unknown' : 'unavailable');
      throw error;
    }
  };

const aboutOf = ({ system, writes }: HttpRequest) => ({ system: system ?? 'none', kind: writes ? 'write' : 'read' });
