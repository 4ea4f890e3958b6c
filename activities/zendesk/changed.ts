import type { z } from 'zod';
import type { Api, Changed } from '../business-system.ts';
import { SECOND } from '../../src/domain/time.ts';
import { ChangedAnswer } from './answers.ts';
import { callZendesk } from './client.ts';

/** A thousand tickets a page; of ten pages a minute we take so many at a time, and go on from there the next time. */
const MOST_PAGES = 5;

/**
 * The tickets of this account that changed, in the order in which they did. After a long outage it takes several times to read all.
 * @see https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/
 */
export async function changed(since: number, api: Api): Promise<Changed> {
  const threads = new Map<string, string>();
  const now = api.now();
  let last = since;
  let path: string | undefined = `/api/v2/incremental/tickets/cursor?start_time=${Math.floor(since / SECOND)}`;
  for (let page = 0; page < MOST_PAGES && path !== undefined; page += 1) {
    const { body }: { body: z.infer<typeof ChangedAnswer> } = await callZendesk(
      api,
      { method: 'GET', path, scopes: ['exports'] },
      ChangedAnswer,
    );
    for (const ticket of body.tickets) {
      threads.set(ticket.id, ticket.updated_at);
      last = Math.max(last, (ticket.generated_timestamp ?? 0) * SECOND);
    }
    path = nextPath(body);
  }
  const until = path === undefined ? now : last;
  return { threads: [...threads].map(([remoteId, version]) => ({ remoteId, version })), until };
}

const nextPath = ({ end_of_stream: isEnd, after_cursor: cursor }: z.infer<typeof ChangedAnswer>): string | undefined =>
  isEnd || cursor === undefined || cursor === null
    ? undefined
    : `/api/v2/incremental/tickets/cursor?cursor=${encodeURIComponent(cursor)}`;
