import type { Http, HttpRequest } from '../../../activities/http.ts';
import { OutcomeUnknown, Unavailable } from '../../../activities/system-error.ts';
import type { Random } from './random.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface TroubledHttp {
  readonly http: Http;
  /** Sends what was held back and is due by now. */
  late(): Promise<void>;
  readonly troubles: string[];
}

/** A network that loses answers and delivers requests late, and a vendor that has enough now and then: writes only. */
export function troubledHttp(http: Http, clock: VirtualClock, random: Random, probability: number): TroubledHttp {
  const held: { readonly at: number; readonly request: HttpRequest }[] = [];
  const troubles: string[] = [];
  const late = async (): Promise<void> => {
    for (const one of held.splice(0)) {
      if (one.at > clock.now()) held.push(one);
      else await http(one.request).catch(() => undefined);
    }
  };
  const trouble = async (request: HttpRequest, kind: string): Promise<Awaited<ReturnType<Http>>> => {
    switch (kind) {
      case 'lost answer':
        await http(request);
        throw new OutcomeUnknown('no answer');
      case 'late':
        held.push({ at: clock.now() + random.int(request.timeoutMs), request });
        throw new OutcomeUnknown('no answer in time');
      case 'never arrived':
        throw new OutcomeUnknown('no answer, and it never arrived');
      case 'refused connection':
        throw new Unavailable('connection refused');
      case '429':
        return {
          status: 429,
          headers: { 'retry-after': String(1 + random.int(200)) },
          text: 'Number of allowed API requests per minute exceeded',
        };
      default:
        return { status: 503, headers: {}, text: '' };
    }
  };
  return {
    late,
    troubles,
    http: async (request, signal) => {
      await late();
      if (!request.writes || !random.chance(probability)) return await http(request, signal);
      const kind = random.pick(['lost answer', 'late', 'never arrived', 'refused connection', '429', '503']);
      troubles.push(kind);
      return await trouble(request, kind);
    },
  };
}
