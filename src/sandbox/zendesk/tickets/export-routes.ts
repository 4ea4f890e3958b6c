import { json } from '../../answer.ts';
import type { ApiRoute, Call } from '../call.ts';
import { badRequest, invalidField } from '../problem.ts';
import { type Ticket, ticketJson, tickets } from './ticket.ts';

/** `/api/v2/incremental/tickets/cursor`: what changed since, deleted tickets included, without the last minute. */
export const exportRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/incremental/tickets/cursor',
    allowed: 'admin',
    counts: 'incremental',
    async answer(call) {
      const { query } = call.exchange;
      const size = Math.min(Number.parseInt(query.get('per_page') ?? '1000', 10) || 1_000, 1_000);
      const all = await changedSince(call);
      const page = all.slice(0, size);
      const after = page.at(-1)?.change ?? cursorOf(query) ?? 0;
      const cursor = Buffer.from(String(after)).toString('base64url');
      return json(200, {
        tickets: page.map((ticket) => ticketJson(call.url, ticket)),
        after_cursor: cursor,
        after_url: `${call.url}/api/v2/incremental/tickets/cursor.json?cursor=${cursor}`,
        before_cursor: null,
        before_url: null,
        end_of_stream: all.length <= size,
      });
    },
  },
];

async function changedSince(call: Call): Promise<readonly Ticket[]> {
  const { query } = call.exchange;
  const cursor = cursorOf(query);
  const since = cursor === undefined ? startTime(call) : 0;
  const until = call.session.now - call.session.state.settings.incrementalLagMs;
  const all = await call.session.store.list(tickets, { after: cursor ?? 0 });
  // The first that is too young ends the export, so that the cursor never passes one by.
  const tooYoung = all.findIndex((ticket) => ticket.updated_at > until);
  return (tooYoung < 0 ? all : all.slice(0, tooYoung)).filter((ticket) => ticket.updated_at >= since);
}

function cursorOf(query: URLSearchParams): number | undefined {
  const cursor = query.get('cursor');
  if (cursor === null) return undefined;
  const value = Number(Buffer.from(cursor, 'base64url').toString());
  if (!Number.isSafeInteger(value)) throw badRequest('InvalidCursor', 'cursor is not valid');
  return value;
}

/** In epoch milliseconds; sent as seconds. */
function startTime(call: Call): number {
  const seconds = Number(call.exchange.query.get('start_time') ?? Number.NaN);
  if (!Number.isFinite(seconds)) throw badRequest('InvalidValue', 'start_time must be a Unix time in seconds');
  if (seconds * 1_000 > call.session.now - call.session.state.settings.incrementalLagMs) {
    throw invalidField('start_time', 'Too recent start_time. Use a start_time older than 1 minute', 'InvalidValue');
  }
  return seconds * 1_000;
}
