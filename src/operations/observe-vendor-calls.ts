import type { Http, HttpRequest } from '../../activities/http.ts';
import { OutcomeUnknown } from '../../activities/system-error.ts';
import type { Log } from '../log.ts';
import type { Metrics } from './metrics.ts';
import type { SpanStart, Tracing } from './tracing.ts';

/** Counts, measures, traces and logs (`debug`) each request to a system: whose it is and what came of it, never its address or content. */
export const observeVendorCalls =
  (http: Http, { log, metrics, tracing }: { readonly log: Log; readonly metrics: Metrics; readonly tracing: Tracing }): Http =>
  (request, signal) =>
    tracing.within(startOf(request), async (span) => {
      const began = performance.now();
      const told = (outcome: string, status?: number): void => {
        const ms = Math.round(performance.now() - began);
        const { system, kind } = aboutOf(request);
        span.tell({ outcome, 'http.response.status_code': status });
        if (outcome !== '2xx') span.failed();
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
    });

/** Whose server it is says enough: an address may hold secrets. */
const startOf = (request: HttpRequest): SpanStart => ({
  name: `${request.method} ${request.system ?? 'none'}`,
  kind: 'client',
  facts: { system: request.system, 'http.request.method': request.method, 'server.address': URL.parse(request.url)?.hostname },
});

const aboutOf = ({ system, writes }: HttpRequest) => ({ system: system ?? 'none', kind: writes ? 'write' : 'read' });
